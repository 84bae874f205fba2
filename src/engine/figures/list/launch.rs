//! Figures that a server is told when it starts.

use crate::engine::figures::figure::figures;

figures! {
    /// What a server is told when it starts.
    pub struct Launch in launch {
        /// Share of memory that the server takes, 0–1.
        memory_fraction: f64, "Share of memory that the server takes", Fraction, Neither
        /// Most tokens of one step.
        step_tokens: f64, "Tokens of a step, at most", Tokens, Neither
        /// Most sequences of one copy of attention.
        max_sequences: f64, "Sequences at once, at most", One, Neither
        /// Longest request, prompt and answer, tokens.
        longest_tokens: f64, "Longest request that has room", Tokens, Better {
            // A sequence keeps bytes of all its tokens, of those in its windows, and a state.
            longest_tokens(
                context_of_the_model: Tokens, room_for_kv_cache: Bytes, recurrent_state: Bytes, bytes_of_a_token: Bytes,
                bytes_of_a_windowed_token: Bytes, window: Tokens, tokens_of_a_block: Tokens,
            ) = max(min(context_of_the_model, floor(
                if room_for_kv_cache - recurrent_state < (bytes_of_a_token + bytes_of_a_windowed_token) * window {
                    (room_for_kv_cache - recurrent_state) / max(bytes_of_a_token + bytes_of_a_windowed_token, 1e-9)
                } else {
                    (room_for_kv_cache - recurrent_state - bytes_of_a_windowed_token * window) / max(bytes_of_a_token, 1e-9)
                } / tokens_of_a_block
            ) * tokens_of_a_block), 0.0);
        }
    }
    states {
        /// Whether the share is larger than the stack's default, because it does not start with that.
        fuller: bool = |launch| launch.fuller.into();
        /// Whether steps are smaller than the stack's default, because it does not start with that.
        smaller_steps: bool = |launch| launch.smaller_steps.into();
    }
}
