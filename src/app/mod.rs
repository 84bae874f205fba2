//! The screen: inputs, views, explanation, undo, theme, files. It draws what the engine says and computes
//! nothing of its own.

mod accuracy;
mod answer;
mod breaking;
mod catalogs;
mod causes;
mod choice;
mod commands;
mod day_strip;
mod desk;
mod dialogs;
mod dropped;
mod errors;
mod field;
mod figures;
mod file_names;
mod fonts;
mod frame_times;
mod freeze;
mod header;
mod history;
mod incoming;
mod input_list;
mod inputs;
mod jobs;
mod marks;
mod open;
mod overlay;
mod page;
mod palette;
mod pins;
mod plots;
mod preferences;
mod proof;
mod ranking;
mod recovery;
mod screen;
mod session;
mod settings;
mod sheet;
mod shell;
mod shortlist;
mod shown;
mod slider;
mod tab_strip;
mod text;
mod theme;
mod tokens;
mod verdict;
mod verified;
mod view;
mod wall;
mod why;
mod window;
mod without_offer;
mod work;

#[cfg(test)]
mod tests;

pub use window::run;
