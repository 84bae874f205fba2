//! Steps between the times of a replica that only reads prompts and its time to first token.

use crate::engine::figures::figure::figures;

figures! {
    steps in reading {
        prompt_s, "Reading one prompt, first chunk to last", Seconds {
            prompt_s(steps_with_the_prompt: Seconds) = steps_with_the_prompt,
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        prompt_adds_s, "Time of the replica that one prompt takes", Seconds {
            prompt_adds_s(
                steps_with_the_prompt: Seconds, prompts_side_by_side: One, in_steps_full_of_prompts: Seconds,
                prompts_that_share_its_steps: One,
            ) = in_steps_full_of_prompts
                + (steps_with_the_prompt / prompts_side_by_side - in_steps_full_of_prompts) / prompts_that_share_its_steps,
                note "all copies of attention wait for those that read in a step; what does not grow with prompts is shared by those of a step",
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        capacity_requests_per_s, "Largest load of one replica within the SLO", RequestsPerSecond {
            capacity_requests_per_s(prompts_being_read: One, reading_one: Seconds) = prompts_being_read / reading_one,
                note "where the first limit is met", cite "Little 1961";
        }
        prompt_utilization, "Utilization of the queue of prompts", Fraction {
            prompt_utilization(load_of_one_replica: RequestsPerSecond, time_of_a_queued_prompt: Seconds)
                = load_of_one_replica * time_of_a_queued_prompt;
        }
        wait_s, "Wait for the prompts before it, at the percentile", Seconds {
            wait_s(
                utilization: Fraction, percentile: Fraction, time_of_a_queued_prompt: Seconds, queues: One,
                longest_over_mean: One, burstiness: One, variation_of_times: One,
            ) = wait_quantile(utilization, percentile) * time_of_a_queued_prompt * queues * longest_over_mean
                * (burstiness + variation_of_times * variation_of_times),
                note "an M/D/1 queue for each copy of attention, all of which wait for the longest of the prompts that they read side by side; burstiness is the squared coefficient of variation of the times between arrivals",
                cite "Asmussen 2003, ch. XIII", cite "Allen and Cunneen 1990", cite "Blom 1958";
        }
        longer_prompt_s, "What a longer prompt takes beyond the mean, at the percentile", Seconds {
            longer_prompt_s(standard_deviations: One, variation_of_times: One, own_prompt: Seconds)
                = max(standard_deviations, 0.0) * variation_of_times * own_prompt;
        }
        ttft_s, "Time until a prompt is read at peak", Seconds {
            // Admission is at the end of a step of which a request finds itself anywhere, where there is one.
            ttft_s(
                own_measurements: One, overhead_of_a_request: Seconds, percentile: Fraction, steps_until_admission: One,
                prompts_being_read: One, time_a_prompt_takes: Seconds, own_prompt: Seconds, wait: Seconds,
                longer_prompt: Seconds,
            ) = own_measurements
                * (overhead_of_a_request
                    + 2.0 * percentile * steps_until_admission * prompts_being_read * time_a_prompt_takes
                    + own_prompt
                    + sqrt(wait * wait + longer_prompt * longer_prompt)),
                note "own measurements are a factor on all of it, 1 where there are none",
                cite "Zhong et al. 2024 (DistServe), arXiv 2401.09670";
        }
    }
}
