//! Which inputs are where in the panel, and which of them are always in sight.

/// Groups of sections under one head.
pub const GROUPS: [(&str, &[&str]); 4] = [
    ("Workload", &["workload"]),
    ("Service levels", &["slo", "fleet"]),
    ("Platform", &["platform"]),
    ("Facility and money", &["facility", "money"]),
];

/// Inputs that are always in sight; the others are behind "More" of their group.
pub const PROMINENT: [&str; 14] = [
    "workload.model",
    "workload.input_tokens",
    "workload.output_tokens",
    "workload.requests_per_s",
    "workload.prefix_cache_hit_rate",
    "workload.day",
    "slo.ttft_s",
    "slo.tpot_s",
    "slo.availability",
    "platform.stack",
    "platform.weights",
    "platform.kv_cache",
    "facility.region",
    "money.term",
];

/// Where drafts and marks of the size of the model are kept: it is not an input of its own.
pub const MODEL_SIZE_PATH: &str = "workload.model size";
