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
            prompt_s(steps_with_the_prompt: Seconds, mean_over_lengths: One) = steps_with_the_prompt * mean_over_lengths,
                note "the mean over lengths is over a prompt of mean length",
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        prompt_alone_adds_s, "Time that a prompt adds to steps that it has to itself", Seconds {
            prompt_alone_adds_s(
                steps_with_the_prompt: Seconds, the_same_steps_without_it: Seconds, prompts_side_by_side: One,
                mean_over_lengths: One,
            ) = (steps_with_the_prompt - the_same_steps_without_it) / prompts_side_by_side * mean_over_lengths,
                note "all copies of attention wait for those that read in a step; the mean over lengths is over a prompt of mean length",
                cite "Agrawal et al. 2024 (Sarathi-Serve), arXiv 2403.02310";
        }
        prompt_adds_s, "Time that one prompt adds to the steps it shares", Seconds {
            prompt_adds_s(
                first_of_its_step: Seconds, second: Seconds, further: Seconds, share_first: Fraction,
                share_second: Fraction,
            ) = share_first * first_of_its_step + share_second * second
                + max(1.0 - share_first - share_second, 0.0) * further,
                note "prompts of a step are a Poisson number, as many as come between two looks at the queue";
        }
        next_prompt_adds_s, "Time that one prompt more would add", Seconds {
            next_prompt_adds_s(
                first_of_its_step: Seconds, second: Seconds, further: Seconds, chance_first: Fraction,
                chance_second: Fraction,
            ) = chance_first * first_of_its_step + chance_second * second
                + max(1.0 - chance_first - chance_second, 0.0) * further;
        }
        capacity_requests_per_s, "Largest load of one replica within the SLO", RequestsPerSecond {
            capacity_requests_per_s(
                sequences_in_flight: One, output: Tokens, tokens_of_a_step: One, decode_step: Seconds,
                time_a_prompt_adds: Seconds,
            ) = sequences_in_flight
                / (output / tokens_of_a_step * decode_step + sequences_in_flight * time_a_prompt_adds),
                note "at the concurrency where the first limit is met", cite "Little 1961";
        }
        burstiness, "Squared coefficient of variation of the times between requests to one replica", One {
            burstiness(of_all_requests: One, replicas: One) = of_all_requests / replicas,
                note "replicas get requests in turn, so that each interval of one is the sum of as many as there are replicas",
                cite "Cox 1962 (renewal theory)";
        }
        prompt_feedback, "Prompts that come while one is read", Fraction {
            prompt_feedback(load_of_one_replica: RequestsPerSecond, next_prompt_adds: Seconds)
                = min(load_of_one_replica * next_prompt_adds, 0.999),
                note "each brings as many again: a branching process", cite "Consul and Famoye 2006, ch. 8 (Borel-Tanner)";
        }
        step_elasticity, "By how much a step grows with its sequences, both relative", One {
            step_elasticity(decode_step: Seconds, with_a_tenth_more_sequences: Seconds)
                = min(max(with_a_tenth_more_sequences / decode_step - 1.0, 0.0) / 0.1, 0.999);
        }
        sequences_variance, "Variance of the sequences in flight", One {
            // Without prompts and with Poisson arrivals that of processor sharing at the speed of each number of
            // sequences, whatever the lengths; arrivals that come in bursts count by how long they overlap.
            sequences_variance(
                mean: One, burstiness: One, feedback: Fraction, variation_of_prompts: One, overlap: One,
                elasticity: One,
            ) = mean
                * (1.0 + ((burstiness + feedback * feedback * variation_of_prompts)
                    / ((1.0 - feedback) * (1.0 - feedback)) - 1.0) * overlap)
                / (1.0 - elasticity),
                note "burstiness and the variation of prompts are squared coefficients of variation, overlap is what two answers have in common",
                cite "Kelly 1979 (insensitivity)", cite "Cohen 1979";
        }
        sequences, "Sequences in flight, at the percentile", One {
            sequences(mean: One, standard_deviations: One, variance: One)
                = max(mean + standard_deviations * sqrt(variance), 1.0),
                note "the normal approximation";
        }
        prompts_deviation_s, "Standard deviation of a step by the prompts that come during an answer", Seconds {
            prompts_deviation_s(
                next_prompt_adds: Seconds, steps_of_an_answer: One, sequences_in_flight: One, parallel: One,
                burstiness: One, variation_of_prompts: One, feedback: Fraction,
            ) = next_prompt_adds / steps_of_an_answer
                * sqrt(sequences_in_flight * parallel * (burstiness + variation_of_prompts))
                / (1.0 - feedback),
                note "as many prompts come during an answer as sequences are in flight; those that are read in parallel come together",
                cite "Consul and Famoye 2006, ch. 8";
        }
        step_per_sequence_s, "By how much a step with its prompts grows with one sequence", Seconds {
            step_per_sequence_s(elasticity: One, mean_step: Seconds, sequences_in_flight: One)
                = elasticity * mean_step / max(sequences_in_flight, 1.0);
        }
        sequences_deviation_s, "Standard deviation of a step by the sequences in flight", Seconds {
            // Means over one answer: of a triangular autocorrelation 2/3 of the variance, all of it where the number of
            // sequences drifts slowly; and that sequences are more after more prompts.
            sequences_deviation_s(
                step_per_sequence: Seconds, variance: One, elasticity: One, next_prompt_adds: Seconds,
                steps_of_an_answer: One, sequences_in_flight: One, burstiness: One, feedback: Fraction,
                variation_of_prompts: One,
            ) = sqrt(step_per_sequence * step_per_sequence * variance * (2.0 + elasticity) / 3.0
                + 2.0 * next_prompt_adds / steps_of_an_answer * step_per_sequence * sequences_in_flight
                    * (burstiness + feedback * variation_of_prompts) / ((1.0 - feedback) * (1.0 - feedback))
                    * (0.5 + elasticity / 6.0)),
                note "variance of a mean over the steps of an answer", cite "Hawkes 1971";
        }
        step_shift_s, "What half of the requests meet beyond the mean step", Seconds {
            // Half of what the mean lies above it, since the distribution leans, and less where prompts of many lengths make it
            // lean more; all of what it lies below it, where prompts come at regular intervals.
            step_shift_s(
                next_prompt_adds: Seconds, steps_of_an_answer: One, burstiness: One, feedback: Fraction,
                variation_of_prompts: One, step_per_sequence: Seconds, variance: One, sequences_in_flight: One,
            ) = min(0.5 * (burstiness / ((1.0 - feedback) * (1.0 - feedback)) - 1.0),
                    0.25 * (burstiness / ((1.0 - feedback) * (1.0 - feedback)) - 1.0))
                    * next_prompt_adds / steps_of_an_answer
                + 0.5 * step_per_sequence * variance / sequences_in_flight
                - 0.3 * variation_of_prompts * next_prompt_adds / steps_of_an_answer * sqrt(sequences_in_flight)
                    / (1.0 - feedback),
                note "a request is one of those in flight, and comes rather where others do", cite "Kelly 1979";
        }
        step_shape, "How far steps lean to the long side", One {
            step_shape(
                burstiness: One, variation_of_prompts: One, feedback: Fraction, sequences_in_flight: One,
            ) = min(0.2 * (burstiness + 2.2 * variation_of_prompts)
                / sqrt(max(burstiness + variation_of_prompts, 1e-12))
                * (1.0 + 2.0 * feedback)
                / ((1.0 - feedback) * sqrt(sequences_in_flight)), 0.4),
                note "a third of the skewness of the prompts during an answer, less what sequences even out",
                cite "Consul and Famoye 2006, ch. 8";
        }
        short_answers, "Standard deviations of means over answers of all lengths", One {
            short_answers(standard_deviations: One, variation_of_lengths: One)
                = window_quantile(standard_deviations, variation_of_lengths),
                note "short answers meet more of the chance of prompts";
        }
        tpot_s, "Time per output token at peak", Seconds {
            tpot_s(
                mean_step: Seconds, shift: Seconds, deviation_by_prompts: Seconds, of_short_answers: One,
                deviation_by_sequences: Seconds, standard_deviations: One, shape: One, decode_step: Seconds,
                elasticity: One, tokens_of_a_step: One,
            ) = max(mean_step + shift
                + leaning(
                    together(of_short_answers * deviation_by_prompts, standard_deviations * deviation_by_sequences),
                    together(deviation_by_prompts, deviation_by_sequences),
                    shape,
                ), decode_step * (1.0 - elasticity)) / tokens_of_a_step,
                note "a lognormal distribution of this shape around what half of the requests meet, and no less than a step with nothing else in it",
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
        look_deviation_s, "Standard deviation of the time between two looks at the queue", Seconds {
            look_deviation_s(
                steps_between_looks: One, mean_step: Seconds, load_of_one_copy: RequestsPerSecond,
                next_prompt_adds: Seconds, burstiness: One, variation_of_prompts: One, feedback: Fraction,
                step_per_sequence: Seconds, variance: One,
            ) = sqrt(next_prompt_adds * next_prompt_adds * load_of_one_copy * steps_between_looks * mean_step
                * (burstiness + variation_of_prompts)
                / (1.0 - feedback * feedback)
                + steps_between_looks * steps_between_looks * step_per_sequence * step_per_sequence * variance),
                note "prompts that come in one such time are read in the next";
        }
        look_found_s, "Time between two looks that a request finds itself in", Seconds {
            look_found_s(
                steps_between_looks: One, mean_step: Seconds, deviation: Seconds, busy: Fraction, burstiness: One,
                load_of_one_copy: RequestsPerSecond, next_prompt_adds: Seconds,
            ) = busy * (steps_between_looks * mean_step
                + deviation * deviation / (steps_between_looks * mean_step)
                + min(burstiness - 1.0, 0.5 * (burstiness - 1.0)) * next_prompt_adds * load_of_one_copy * steps_between_looks * mean_step
                    / (1.0 + load_of_one_copy * steps_between_looks * mean_step)),
                note "a long one is found more often, and one with prompts where they come in bursts; an idle engine looks at once",
                cite "Cox 1962 (renewal theory)";
        }
        ahead_s, "Steps that are planned already when the engine looks at the queue", Seconds {
            ahead_s(steps_planned_ahead: One, mean_step: Seconds, busy: Fraction) = steps_planned_ahead * mean_step * busy,
                note "an idle engine has none", cite "Zhu et al. 2024 (NanoFlow), arXiv 2408.12757";
        }
        ahead_deviation_s, "Standard deviation of these steps", Seconds {
            ahead_deviation_s(deviation_between_looks: Seconds, steps_planned_ahead: One, steps_between_looks: One)
                = deviation_between_looks * sqrt(steps_planned_ahead / steps_between_looks);
        }
        found_deviation_s, "Standard deviation of the time that a request finds itself in", Seconds {
            found_deviation_s(
                deviation: Seconds, steps_between_looks: One, mean_step: Seconds, next_prompt_adds: Seconds,
                burstiness: One, variation_of_prompts: One,
            ) = deviation
                * sqrt(1.0
                    + max(next_prompt_adds * (0.5 + 0.5 * burstiness + variation_of_prompts) * (1.0 + variation_of_prompts)
                        / (steps_between_looks * mean_step)
                        - pow(deviation / (steps_between_looks * mean_step), 2.0),
                        pow(deviation / (steps_between_looks * mean_step), 2.0))),
                note "a time with prompts is found more often than it comes; it leans at least as a gamma distribution does",
                cite "Cox 1962 (renewal theory)";
        }
        neighbours, "Prompts that come to its copy in that time", One {
            neighbours(load_of_one_copy: RequestsPerSecond, found: Seconds, burstiness: One)
                = load_of_one_copy * found
                    * (1.0 + (burstiness - 1.0) / (1.0 + load_of_one_copy * found)),
                note "more than the load has it where arrivals come in bursts, up to their excess", cite "Cox 1962";
        }
        neighbour_adds_s, "What each of them adds to its time", Seconds {
            neighbour_adds_s(second: Seconds, further: Seconds, neighbours: One)
                = further + (second - further) * busy_share(neighbours) / max(neighbours, 1e-9);
        }
        place_wait_s, "Wait for a place in a step", Seconds {
            place_wait_s(
                prompts_of_a_step: One, most_prompts_of_a_step: One, mean_step: Seconds, burstiness: One,
                variation_of_lengths: One,
            ) = wait_for_place(prompts_of_a_step / most_prompts_of_a_step, most_prompts_of_a_step)
                * mean_step / min(most_prompts_of_a_step, 1.0)
                * 0.5 * (burstiness + variation_of_lengths * variation_of_lengths),
                note "the tokens of a step are its places for prompts", cite "Sakasegawa 1977",
                cite "Allen and Cunneen 1990";
        }
        ttft_mean_s, "Mean time to first token", Seconds {
            ttft_mean_s(
                overhead_of_a_request: Seconds, own_prompt: Seconds, look_found: Seconds, steps_ahead: Seconds,
                neighbours: One, neighbour_adds: Seconds, wait_for_a_place: Seconds,
            ) = overhead_of_a_request + own_prompt + 0.5 * look_found + steps_ahead + neighbours * neighbour_adds
                + wait_for_a_place,
                note "half of the time between two looks, the step that is planned already, then the step that reads its prompt and those of its neighbours";
        }
        ttft_deviation_s, "Standard deviation of the time to first token", Seconds {
            // Anywhere within the time that it finds itself in: a twelfth of its square. Neighbours come in proportion to it.
            ttft_deviation_s(
                deviation_of_own_prompt: Seconds, look_found: Seconds, deviation_found: Seconds,
                deviation_of_steps_ahead: Seconds, feedback: Fraction, neighbours: One, neighbour_adds: Seconds, burstiness: One, variation_of_prompts: One,
                wait_for_a_place: Seconds,
            ) = sqrt(deviation_of_own_prompt * deviation_of_own_prompt
                + (look_found * look_found + deviation_found * deviation_found) / 12.0
                + deviation_found * deviation_found * (0.5 + feedback) * (0.5 + feedback)
                + deviation_of_steps_ahead * deviation_of_steps_ahead
                + neighbours * neighbour_adds * neighbour_adds * (0.5 + 0.5 * burstiness + variation_of_prompts)
                + wait_for_a_place * wait_for_a_place);
        }
        ttft_skewness, "Skewness of the time to first token", One {
            // Third cumulants of what its variance is made of.
            ttft_skewness(
                deviation: Seconds, skewness_of_lengths: One, deviation_of_own_prompt: Seconds, look_found: Seconds,
                deviation_found: Seconds, deviation_of_steps_ahead: Seconds, feedback: Fraction, neighbours: One,
                neighbour_adds: Seconds, burstiness: One, variation_of_prompts: One, wait_for_a_place: Seconds,
            ) = min((skewness_of_lengths * pow(deviation_of_own_prompt, 3.0)
                + (neighbour_adds * (0.5 + 0.5 * burstiness + variation_of_prompts) * (1.0 + variation_of_prompts)
                    + deviation_found * deviation_found / max(look_found, 1e-12))
                    * deviation_found * deviation_found * (0.5 + feedback) * (0.25 + (0.5 + feedback) * (0.5 + feedback))
                + 0.5 * look_found * deviation_found * deviation_found * (0.5 + feedback)
                + neighbour_adds * (0.5 + 0.5 * burstiness + variation_of_prompts) * (1.0 + variation_of_prompts)
                    * deviation_of_steps_ahead * deviation_of_steps_ahead
                + neighbours * pow(neighbour_adds, 3.0)
                    * ((0.5 + 0.5 * burstiness) * (0.5 + 0.5 * burstiness)
                        + 3.0 * variation_of_prompts * (1.0 + variation_of_prompts))
                + 3.0 * neighbours * neighbour_adds * neighbour_adds
                    * (0.5 + 0.5 * burstiness + variation_of_prompts)
                    * deviation_found * deviation_found * (0.5 + feedback) / max(look_found, 1e-12)
                + 2.0 * pow(wait_for_a_place, 3.0))
                / max(pow(deviation, 3.0), 1e-30), 3.0),
                note "a lognormal length, a gamma number of neighbours, an exponential wait";
        }
        ttft_alone_s, "Time to first token of a request whose prompt is read by itself", Seconds {
            ttft_alone_s(
                overhead_of_a_request: Seconds, own_prompt: Seconds, deviation_of_own_prompt: Seconds,
                standard_deviations: One, busy: Fraction, steps_between_looks: One, steps_planned_ahead: One,
                decode_step: Seconds,
            ) = overhead_of_a_request
                + lognormal_quantile(own_prompt, deviation_of_own_prompt, standard_deviations)
                + busy * (0.5 * steps_between_looks + steps_planned_ahead) * decode_step;
        }
        ttft_s, "Time to first token at peak", Seconds {
            ttft_s(
                own_measurements: One, mean: Seconds, deviation: Seconds, standard_deviations: One, skewness: One,
                by_itself: Seconds,
            ) = own_measurements * max(mean + deviation * gamma_quantile(standard_deviations, skewness), by_itself),
                note "own measurements are a factor on all of it, 1 where there are none",
                cite "Wilson and Hilferty 1931";
        }
        average_load, "Average load", RequestsPerSecond {
            average_load(load_at_peak: RequestsPerSecond, average_over_peak: Fraction)
                = load_at_peak * average_over_peak;
        }
    }
}
