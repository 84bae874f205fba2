//! Layers that look back over a window: attention to no more than their last tokens, of which alone they keep the cache.

/// Lengths of windows that are told apart. Published models have one, a few have two.
const KINDS: usize = 4;

/// Layers with one length of window, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Window {
    /// Tokens that it looks back over.
    tokens: f64,
    /// Numbers that one token leaves in the KV cache.
    kv_elements: f64,
    /// FLOPs of attention for one query token and one token of the window.
    attention_flops: f64,
}

/// Layers that look back over windows, by the length of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Windows([Window; KINDS]);

impl Windows {
    /// Adds layers that look back over `tokens`: the numbers that one token leaves in their cache, and their FLOPs for one query
    /// token and one token of the window. Where all kinds are taken, those of the last one become as wide as the wider,
    /// which errs to more memory.
    pub fn add(&mut self, tokens: u32, kv_elements: f64, attention_flops: f64) {
        let tokens = f64::from(tokens);
        let free = |window: &Window| window.tokens == tokens || *window == Window::default();
        let place = self.0.iter().position(free).unwrap_or(KINDS - 1);
        let window = &mut self.0[place];
        window.tokens = window.tokens.max(tokens);
        window.kv_elements += kv_elements;
        window.attention_flops += attention_flops;
    }

    /// The same layers where a stack keeps all `context` tokens whatever the window.
    pub fn widened(mut self, context: f64) -> Self {
        self.0.iter_mut().for_each(|window| window.tokens = context);
        self
    }

    /// Numbers that one token leaves in the KV cache while it is in every window.
    pub fn kv_elements(&self) -> f64 {
        self.0.iter().map(|window| window.kv_elements).sum()
    }

    /// Numbers in the KV cache of a sequence of `tokens`.
    #[inline]
    pub fn kv_elements_at(&self, tokens: f64) -> f64 {
        self.0.iter().map(|window| window.kv_elements * tokens.min(window.tokens)).sum()
    }

    /// FLOPs of attention for one query token at context `tokens`.
    #[inline]
    pub fn attention_flops_at(&self, tokens: f64) -> f64 {
        self.0.iter().map(|window| window.attention_flops * tokens.min(window.tokens)).sum()
    }

    /// The length over which a sequence of `tokens` keeps its cache, on average of what its layers keep for a token; 0 without
    /// windows.
    #[inline]
    pub fn mean_tokens_at(&self, tokens: f64) -> f64 {
        let of_token = self.kv_elements();
        if of_token > 0.0 { self.kv_elements_at(tokens) / of_token } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two layers of 512 and three of 4096 tokens: at 1,000 tokens the first keep 512 each, the others all.
    #[test]
    fn each_window_keeps_its_own_length() {
        let mut windows = Windows::default();
        windows.add(512, 2.0 * 1024.0, 2.0);
        windows.add(4096, 1024.0, 1.0);
        windows.add(4096, 2.0 * 1024.0, 2.0);
        assert_eq!(windows.kv_elements_at(1000.0), 1024.0 * (2.0 * 512.0 + 3.0 * 1000.0));
        assert_eq!(windows.attention_flops_at(1e6), 2.0 * 512.0 + 3.0 * 4096.0);
        assert_eq!(windows.mean_tokens_at(1000.0) * windows.kv_elements(), windows.kv_elements_at(1000.0));
        assert_eq!(windows.widened(1e6).kv_elements_at(1000.0), windows.kv_elements() * 1000.0);
        assert_eq!(Windows::default().mean_tokens_at(1000.0), 0.0);
    }

    #[test]
    fn more_kinds_than_are_told_apart_err_to_more_memory() {
        let mut windows = Windows::default();
        (1..=6).for_each(|i| windows.add(i * 100, 1.0, 1.0));
        assert_eq!(windows.kv_elements_at(1e6), 100.0 + 200.0 + 300.0 + 3.0 * 600.0);
    }
}
