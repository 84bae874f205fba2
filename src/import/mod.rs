//! What others wrote, turned into the catalog's own types: Hugging Face configs, benchmark results,
//! and traces of requests.
//!
//! Strangers' files: bounded, never trusted. Knows nothing of the engine or the screen.

mod benchmark_result;
mod huggingface;
mod library;
mod model_file;
mod preset_file;
mod trace;

pub use benchmark_result::{
    BenchmarkError, BenchmarkFile, BenchmarkResult, Claim, Claims, Given, Setting, Tool,
};
pub use huggingface::{HuggingFaceError, UnknownFamily, model_from_config};
pub use library::Library;
pub use model_file::{ModelFileError, read_model};
pub use preset_file::PresetFileError;
pub use trace::{Trace, TraceError, TraceRow};
