//! Steps between a replica's times and its latencies: what has no place in the plan, but is part of why.

use crate::engine::figures::figure::figures;

figures! {
    steps in serving {
        decode_step_s, "One decode step", Seconds {
            decode_step_s(
                bound_by_arithmetic: Seconds, bound_by_memory: Seconds, collectives: Seconds, fixed_costs: Seconds,
            ) = bound_by_arithmetic + bound_by_memory + collectives + fixed_costs,
                note "each operation takes the longer of its arithmetic and its memory traffic",
                cite "Williams et al. 2009 (roofline)";
        }
        prompt_s, "Reading one prompt, first chunk to last", Seconds {
            prompt_s(steps_with_the_prompt: Seconds) = steps_with_the_prompt,
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        prompt_adds_s, "Time that one prompt adds to the steps it shares", Seconds {
            prompt_adds_s(
                steps_with_the_prompt: Seconds, the_same_steps_without_it: Seconds, prompts_side_by_side: One,
                in_steps_full_of_prompts: Seconds, prompts_that_share_its_steps: One,
            ) = in_steps_full_of_prompts
                + ((steps_with_the_prompt - the_same_steps_without_it) / prompts_side_by_side - in_steps_full_of_prompts)
                    / prompts_that_share_its_steps,
                note "all copies of attention wait for those that read in a step; what does not grow with prompts is shared by those of a step",
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        capacity_requests_per_s, "Largest load of one replica within the SLO", RequestsPerSecond {
            capacity_requests_per_s(
                sequences_in_flight: One, output: Tokens, tokens_of_a_step: One, decode_step: Seconds,
                time_a_prompt_adds: Seconds,
            ) = sequences_in_flight
                / (output / tokens_of_a_step * decode_step + sequences_in_flight * time_a_prompt_adds),
                note "at the concurrency where the first limit is met", cite "Little 1961";
        }
        sequences, "Sequences in flight, at the percentile", One {
            // As many as a Poisson count of that mean in the normal approximation, wider for bursts by the mean of the
            // two variances.
            sequences(mean: One, standard_deviations: One, burstiness: One)
                = max(mean + standard_deviations * sqrt(mean * 0.5 * (1.0 + burstiness)), 1.0),
                note "burstiness is the squared coefficient of variation of the times between arrivals";
        }
        tpot_s, "Time per output token at peak", Seconds {
            tpot_s(
                decode_step: Seconds, tokens_of_a_step: One, sequences_in_flight: One, time_a_prompt_adds: Seconds,
                output: Tokens,
            ) = decode_step / tokens_of_a_step
                + max(sequences_in_flight - 1.0, 0.0) * time_a_prompt_adds / output,
                cite "Little 1961";
        }
        mean_step_s, "One step at peak with its share of prompts", Seconds {
            mean_step_s(
                decode_step: Seconds, sequences_in_flight: One, time_a_prompt_adds: Seconds, tokens_of_a_step: One,
                output: Tokens,
            ) = decode_step + sequences_in_flight * time_a_prompt_adds * tokens_of_a_step / output,
                note "in each step as many prompts come as answers end", cite "Little 1961";
        }
        prompt_utilization, "Utilization of the queue of prompts", Fraction {
            prompt_utilization(load_of_one_replica: RequestsPerSecond, time_of_a_queued_prompt: Seconds)
                = load_of_one_replica * time_of_a_queued_prompt;
        }
        wait_s, "Wait for the prompts before it, at the percentile", Seconds {
            wait_s(utilization: Fraction, percentile: Fraction, time_of_a_queued_prompt: Seconds, variability: One)
                = wait_quantile(utilization, percentile) * time_of_a_queued_prompt * variability,
                note "an M/D/1 queue; variability is the sum of the squared coefficients of variation of arrivals and lengths",
                cite "Asmussen 2003, ch. XIII", cite "Allen and Cunneen 1990";
        }
        longer_prompt_s, "What a longer prompt takes beyond the mean, at the percentile", Seconds {
            longer_prompt_s(standard_deviations: One, variation_of_lengths: One, own_prompt: Seconds)
                = max(standard_deviations, 0.0) * variation_of_lengths * own_prompt;
        }
        ttft_s, "Time to first token at peak", Seconds {
            // Admission is at the end of an interval of which a request finds itself anywhere.
            ttft_s(
                own_measurements: One, overhead_of_a_request: Seconds, percentile: Fraction, steps_until_admission: One,
                mean_step: Seconds, own_prompt: Seconds, wait: Seconds, longer_prompt: Seconds,
            ) = own_measurements
                * (overhead_of_a_request
                    + 2.0 * percentile * steps_until_admission * mean_step
                    + own_prompt
                    + sqrt(wait * wait + longer_prompt * longer_prompt)),
                note "own measurements are a factor on all of it, 1 where there are none";
        }
        average_load, "Average load", RequestsPerSecond {
            average_load(load_at_peak: RequestsPerSecond, average_over_peak: Fraction)
                = load_at_peak * average_over_peak;
        }
    }
}
