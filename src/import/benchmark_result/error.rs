//! What can be wrong with a result file, and what to do about it.

/// A result file that gives no measurement. Each names the file, the field, the value and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum BenchmarkError {
    #[error("{file}: cannot be read: {source}. Check the name and the permissions.")]
    Read { file: String, source: std::io::Error },

    #[error("{file}, line {line}: is no JSON: {message}. Give the JSON file that the benchmark wrote.")]
    Json { file: String, line: usize, message: String },

    #[error(
        "{file}: is no result file that is known here. Give the JSON that `vllm bench serve --save-result` wrote, \
         GuideLLM's benchmarks.json, or AIPerf's profile_export_aiperf.json."
    )]
    Unknown { file: String },

    #[error("{file}: {field} is missing. {remedy}")]
    Missing { file: String, field: String, remedy: String },

    #[error("{file}: {field} = {value}: {remedy}")]
    Value { file: String, field: String, value: String, remedy: String },

    #[error(
        "{file}: {field} = {value}: the run kept no fixed number of requests in flight, and a closed loop is what \
         the engine compares. {remedy}"
    )]
    OpenLoop { file: String, field: String, value: String, remedy: &'static str },
}

impl BenchmarkError {
    /// A file of no known kind.
    pub(super) fn unknown(file: &str) -> Self {
        Self::Unknown { file: file.to_owned() }
    }
}
