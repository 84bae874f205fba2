//! What can be wrong with a result file, and what to do about it.

/// A result file that gives no measurement. Each names the file, the field, the value and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum BenchmarkError {
    #[error("{file}: cannot be read: {source}. Check the name and the permissions.")]
    Read { file: String, source: std::io::Error },

    #[error("{file}, line {line}: not JSON: {message}. Give the JSON file that the benchmark wrote.")]
    Json { file: String, line: usize, message: String },

    #[error(
        "{file}: not a known result file. Give what `vllm bench serve --save-result` or `vllm bench sweep` wrote, \
         GuideLLM's benchmarks.json, AIPerf's profile_export_aiperf.json or .csv, or an aggregated result of InferenceX."
    )]
    Unknown { file: String },

    #[error("{file}, line {line}: not a table: {message}. Give the CSV file that the benchmark wrote.")]
    Csv { file: String, line: u64, message: String },

    #[error("{file}: {field} is missing. {remedy}")]
    Missing { file: String, field: String, remedy: String },

    #[error("{file}: does not say {fields}. Give {flags}, as the benchmark ran.")]
    Lacking { file: String, fields: String, flags: String },

    #[error("{file}: {field} = {value}: {remedy}")]
    Value { file: String, field: String, value: String, remedy: String },

    #[error(
        "{file}: {field} = {value}: the run did not keep a fixed number of requests in flight, and only a closed loop \
         can be compared with the engine. {remedy}"
    )]
    OpenLoop { file: String, field: String, value: String, remedy: &'static str },
}

impl BenchmarkError {
    /// A file of no known kind.
    pub(super) fn unknown(file: &str) -> Self {
        Self::Unknown { file: file.to_owned() }
    }
}
