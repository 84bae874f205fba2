//! Figures of the memory of the fullest accelerator, and of what a replica can hold.

use crate::engine::figures::figure::figures;

figures! {
    /// Memory of the fullest accelerator, bytes, and what the replica can hold.
    #[derive(Default)]
    pub struct Memory in memory {
        weights_bytes: f64, "Weights on the fullest accelerator" short "weights", Bytes, Worse {
            weights_bytes(
                layers_of_the_fullest_stage: Fraction, matrix_parameters: Parameters, bytes_of_a_matrix_parameter: One,
                expert_parameters: Parameters, bytes_of_an_expert_parameter: One, padding_of_the_experts: One,
                experts_on_the_fullest_accelerator_over_the_mean: One, accelerators_that_share_the_experts: One,
                table_parameters: Parameters, other_parameters: Parameters, tp: One,
            ) = layers_of_the_fullest_stage * matrix_parameters * bytes_of_a_matrix_parameter / tp
                + layers_of_the_fullest_stage * expert_parameters * bytes_of_an_expert_parameter
                    * padding_of_the_experts * experts_on_the_fullest_accelerator_over_the_mean
                    / accelerators_that_share_the_experts
                + (table_parameters * 2.0 + layers_of_the_fullest_stage * other_parameters * 2.0) / tp,
                note "embeddings, output projection, norms and biases stay in 16 bits";
        }
        /// KV cache in use at the operating point.
        kv_cache_bytes: f64, "KV cache in use on one accelerator" short "KV cache", Bytes, Worse {
            kv_cache_bytes(
                sequences_in_flight: One, copies_of_attention: One, kv_cache_of_one_sequence: Bytes,
                room_for_kv_cache: Bytes,
            ) = min(
                max(sequences_in_flight / copies_of_attention, 0.0) * kv_cache_of_one_sequence,
                max(room_for_kv_cache, 0.0)
            ), cite "Kwon et al. 2023 (PagedAttention), arXiv 2309.06180";
        }
        activation_bytes: f64, "Activations of the largest step" short "activations", Bytes, Worse {
            // Two copies of the hidden state are live while a step runs, and both halves of a gated feed-forward; of each
            // expert that a token visits its input, intermediate and output, as often as the stack's kernels copy them; logits
            // are kept in 32 bits for each sequence that may run.
            activation_bytes(
                tokens_of_a_step: Tokens, hidden: One, widest: One, tp: One, experts_of_a_token: One, copies_for_an_expert: One,
                expert_width: One, copies_of_the_logits: One, sequences_at_most: One, vocabulary: One,
            ) = 2.0 * tokens_of_a_step * (2.0 * hidden + 2.0 * widest / tp
                    + experts_of_a_token * copies_for_an_expert * (hidden + expert_width))
                + 4.0 * copies_of_the_logits * sequences_at_most * vocabulary, at best Assumed;
        }
        /// Runtime, graphs, collectives.
        reserve_bytes: f64, "Runtime: context, graphs, collectives" short "reserve", Bytes, Worse {
            reserve_bytes(runtime: Bytes, buffers_of_collectives: Bytes) = runtime + buffers_of_collectives;
        }
        /// Sum of the four.
        memory_bytes: f64, "Memory in use on one accelerator" short "in use", Bytes, Worse {
            memory_bytes(weights: Bytes, kv_cache: Bytes, activations: Bytes, runtime: Bytes)
                = weights + kv_cache + activations + runtime;
        }
        /// What the accelerator has.
        capacity_bytes: f64, "Memory of one accelerator" short "capacity", Bytes, Better
        /// One token at this context, whole model.
        kv_bytes_per_token: f64, "KV cache of one token, whole model", Bytes, Worse {
            kv_bytes_per_token(
                bytes_of_a_number: One, numbers_of_full_layers: One, bytes_of_an_index_number: One,
                numbers_of_index_keys: One, numbers_of_windowed_layers: One, window: Tokens, context: Tokens,
            ) = bytes_of_a_number
                * (numbers_of_full_layers + numbers_of_windowed_layers * (min(context, window) / context))
                + bytes_of_an_index_number * numbers_of_index_keys,
                cite "Kwon et al. 2023 (PagedAttention), arXiv 2309.06180";
        }
        /// Whole replica.
        kv_capacity_tokens: f64, "Tokens of KV cache that fit in one replica", Tokens, Better {
            kv_capacity_tokens(full_sequences: One, input_and_output: Tokens, kv_cache_of_a_token: Bytes)
                = if kv_cache_of_a_token > 0.0 { full_sequences * input_and_output } else { 0.0 };
        }
        /// Sequences of full length that fit in one replica.
        max_concurrency: f64, "Sequences that fit in one replica", One, Better {
            max_concurrency(full_sequences: One) = floor(full_sequences);
        }
    }
    states {
        /// Whether weights, runtime and one sequence fit.
        fits: bool = |memory| memory.fits.into();
        /// Whether one sequence of the model's whole context fits beside them.
        fits_longest: bool = |memory| memory.fits_longest.into();
    }
    steps {
        kv_budget_bytes, "Room for KV cache on one accelerator", Bytes {
            // vLLM's gpu_memory_utilization, SGLang's mem_fraction_static.
            fraction_of_total(fraction: Fraction, memory: Bytes, weights: Bytes, activations: Bytes, runtime: Bytes)
                = fraction * memory - (weights + activations + runtime);
            // TensorRT-LLM's free_gpu_memory_fraction.
            fraction_of_free(fraction: Fraction, memory: Bytes, weights: Bytes, activations: Bytes, runtime: Bytes)
                = fraction * (memory - (weights + activations + runtime));
        }
        sequence_bytes, "KV cache of one sequence on one accelerator", Bytes {
            sequence_bytes(
                tokens: Tokens, tokens_of_a_block: Tokens, bytes_of_a_token: Bytes, bytes_of_a_windowed_token: Bytes,
                window: Tokens, recurrent_state: Bytes,
            ) = bytes_of_a_token * (ceil(tokens / tokens_of_a_block) * tokens_of_a_block)
                + bytes_of_a_windowed_token * min(ceil(tokens / tokens_of_a_block) * tokens_of_a_block, window)
                + recurrent_state, cite "Kwon et al. 2023 (PagedAttention), arXiv 2309.06180";
        }
        full_sequences, "Full sequences that fit in one replica, fractions counted", One {
            full_sequences(copies_of_attention: One, room_for_kv_cache: Bytes, kv_cache_of_a_full_sequence: Bytes)
                = min(max(copies_of_attention * room_for_kv_cache / kv_cache_of_a_full_sequence, 0.0), 1e9);
        }
    }
}
