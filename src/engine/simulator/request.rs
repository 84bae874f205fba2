//! A request on its way through a replica, and what is known of it when it has left.

/// A request as it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// Seconds from the start.
    pub arrival_s: f64,
    /// Length of the prompt, tokens, at least 1.
    pub input_tokens: u32,
    /// Length of the answer, tokens, at least 1.
    pub output_tokens: u32,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its whole answer was given.
    Completed,
    /// It is longer than the model's context or than all of the KV cache, so that a server does not take it.
    Refused,
    /// The queue of its replica was full.
    Rejected,
}

/// A request that has left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// Its place in the order of arrivals, from 0.
    pub index: u64,
    /// The request.
    pub arrival: Arrival,
    /// Tokens of its prompt that the prefix cache had.
    pub cached_tokens: u32,
    /// The replica that served it, from 0.
    pub replica: u32,
    /// Time to the first token, seconds; 0 where there is none.
    pub ttft_s: f64,
    /// Time per output token after the first, seconds; 0 for a single token.
    pub tpot_s: f64,
    /// Time to the last token, seconds.
    pub e2e_s: f64,
    /// How often it was preempted.
    pub preemptions: u32,
    /// How it ended.
    pub end: End,
}

/// A request in a replica.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub index: u64,
    pub arrival: Arrival,
    pub cached_tokens: u32,
    /// When the engine sees it, seconds.
    pub ready_s: f64,
    /// Tokens whose KV cache there is, while its prompt is being read, or while tokens are drafted; else see `joined`.
    pub computed: u32,
    /// Tokens that were made; they are read again with the prompt after a preemption.
    pub generated: u32,
    /// Tokens whose KV cache there is, less the steps of its lane, since it decodes.
    pub joined: i64,
    /// Bytes beside its blocks.
    pub beside: i64,
    /// Blocks that it holds while its prompt is being read, while tokens are drafted, or where answers are reserved.
    pub blocks: i64,
    /// Time of the first token, seconds; NaN before.
    pub first_s: f64,
    /// Time of the last token before a preemption, seconds.
    pub last_s: f64,
    pub preemptions: u32,
}

impl Request {
    pub fn new(index: u64, arrival: Arrival, cached_tokens: u32, ready_s: f64) -> Self {
        Self {
            index,
            arrival,
            cached_tokens,
            ready_s,
            computed: 0,
            generated: 0,
            joined: 0,
            beside: 0,
            blocks: 0,
            first_s: f64::NAN,
            last_s: f64::NAN,
            preemptions: 0,
        }
    }

    /// Tokens to be read before the next one can be made.
    #[inline]
    pub fn prompt(&self) -> u32 {
        self.arrival.input_tokens + self.generated
    }

    /// Tokens still to be made.
    #[inline]
    pub fn remaining(&self) -> u32 {
        self.arrival.output_tokens - self.generated
    }

    /// Tokens whose KV cache there is at the end: the last one made is never read.
    #[inline]
    pub fn longest(&self) -> u32 {
        self.arrival.input_tokens + self.arrival.output_tokens - 1
    }
}
