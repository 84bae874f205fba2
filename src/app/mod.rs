//! The screen: inputs, views, explanation, undo, theme, files. It draws what the engine says and computes
//! nothing of its own.

mod accuracy;
mod answer;
mod choice;
mod commands;
mod day_strip;
mod errors;
mod field;
mod figures;
mod files;
mod fonts;
mod header;
mod inputs;
mod measurement;
mod palette;
mod plots;
mod screen;
mod session;
mod settings;
mod slider;
mod table;
mod text;
mod theme;
mod tokens;
mod unsaved;
mod verdict;
mod why;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use eframe::egui::util::undoer::{Settings as UndoSettings, Undoer};
use eframe::egui::{Context, Ui, ViewportBuilder, ViewportCommand};
use headroom::catalog::{Catalog, Day};
use headroom::engine::PlanError;
use headroom::scenario::{Scenario, preset};

use accuracy::Accuracy;
use answer::Answer;
use commands::Command;
use errors::Messages;
use field::Drafts;
use files::{Chooser, Files};
use measurement::Form;
use palette::Palette;
use plots::Tab;
use settings::Settings;
use tokens::measure;

/// How still the inputs must be before a step of undo is made, seconds.
const UNDO_REST_S: f32 = 0.4;

/// What the window starts with. Nothing is read from the user's directories that is not named here.
pub struct Options {
    pub catalog: Catalog,
    /// Preset to open.
    pub file: Option<PathBuf>,
    /// Where settings are kept; `None`: nowhere.
    pub config_dir: Option<PathBuf>,
    /// Where the user's own catalog files are kept, and measurements added; `None`: nowhere.
    pub own_folder: Option<PathBuf>,
    /// How paths are asked for.
    pub chooser: Chooser,
    /// For the age of prices.
    pub today: Day,
}

/// What is on the screen beside the scenario: it is neither saved nor undone.
struct View {
    tab: Tab,
    /// Accelerator picked in the table; `None`: the best.
    selected: Option<String>,
    /// Whether the table shows every row.
    expanded: bool,
    /// Key of the step that is explained.
    why: &'static str,
    /// Whether the folded explanation is open.
    why_open: bool,
    /// Whether the folded inputs are open.
    inputs_open: bool,
    /// A command that waits a frame for what is being typed.
    waiting: Option<Command>,
    /// Title of the window, as last told to the system.
    title: String,
    /// Whether the close button has been answered for.
    closing: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            tab: Tab::Overview,
            selected: None,
            expanded: false,
            why: "cost.usd_per_month",
            why_open: false,
            inputs_open: false,
            waiting: None,
            title: String::new(),
            closing: false,
        }
    }
}

/// The window.
pub struct HeadroomApp {
    catalog: Catalog,
    /// The catalog without the files of `own_folder`.
    given_catalog: Catalog,
    own_folder: Option<PathBuf>,
    /// The measurement that is being added.
    measurement: Option<Form>,
    scenario: Scenario,
    /// The scenario as it was opened: what a double click on an input goes back to.
    baseline: Scenario,
    /// The scenario that `answer` is of.
    answered: Scenario,
    answer: Result<Answer, PlanError>,
    accuracy: Accuracy,
    palette: Palette,
    undoer: Undoer<Scenario>,
    drafts: Drafts,
    messages: Messages,
    files: Files,
    settings: Settings,
    config_dir: Option<PathBuf>,
    today: Day,
    view: View,
}

impl HeadroomApp {
    /// The window's state, fonts and themes installed in `ctx`.
    pub fn new(ctx: &Context, options: Options) -> Self {
        fonts::install(ctx);
        theme::install(ctx);
        let Options { catalog: given_catalog, file, config_dir, own_folder, chooser, today } = options;
        let settings = config_dir.as_deref().map(Settings::load).unwrap_or_default();
        let mut messages = Messages::default();
        let catalog = own_folder.as_deref().map_or_else(
            || given_catalog.clone(),
            |folder| {
                measurement::overlaid(&given_catalog, folder).unwrap_or_else(|errors| {
                    errors.into_iter().for_each(|error| messages.push(error));
                    given_catalog.clone()
                })
            },
        );
        let scenario = first_preset(&catalog, &mut messages);
        let answer = Answer::of(&scenario, &catalog, today);
        let mut app = Self {
            catalog,
            given_catalog,
            own_folder,
            measurement: None,
            baseline: scenario.clone(),
            answered: scenario.clone(),
            answer,
            accuracy: Accuracy::default(),
            palette: Palette::default(),
            undoer: Undoer::with_settings(undo_settings()),
            drafts: Drafts::default(),
            messages,
            files: Files::new(scenario.clone(), chooser),
            settings,
            config_dir,
            today,
            scenario,
            view: View::default(),
        };
        if let Ok(answer) = &app.answer {
            app.palette.follow(&answer.plan);
        }
        app.undoer.add_undo(&app.scenario);
        if let Some(path) = file {
            app.open(path);
        }
        app
    }

    /// Whether the scenario differs from what is on disk.
    fn unsaved(&self) -> bool {
        self.scenario != self.files.saved
    }

    /// Asks the engine again, when an input has changed since.
    fn refresh(&mut self) {
        if self.scenario != self.answered {
            self.ask_again();
        }
    }

    /// Asks the engine, whether or not an input has changed: the catalog may have.
    fn ask_again(&mut self) {
        self.answer = Answer::of(&self.scenario, &self.catalog, self.today);
        self.answered = self.scenario.clone();
        if let Ok(answer) = &self.answer {
            self.palette.follow(&answer.plan);
        }
    }

    /// Makes a step of undo, once nobody is turning at anything.
    fn feed_undo(&mut self, ctx: &Context) {
        let busy = ctx.egui_is_using_pointer() || ctx.input(|i| i.pointer.any_down());
        if busy {
            return;
        }
        self.undoer.feed_state(ctx.input(|i| i.time), &self.scenario);
        if self.undoer.is_in_flux() {
            // Without it a step would wait for the next movement of the pointer.
            ctx.request_repaint_after_secs(UNDO_REST_S);
        }
    }
}

/// A step of undo for every change that was left at rest.
fn undo_settings() -> UndoSettings {
    UndoSettings { stable_time: UNDO_REST_S, ..Default::default() }
}

/// The preset of the first start.
fn first_preset(catalog: &Catalog, messages: &mut Messages) -> Scenario {
    let Some((stem, _)) = preset::BUILT_IN.first() else { return Scenario::default() };
    preset::open(stem, catalog).unwrap_or_else(|error| {
        messages.push(error.to_string());
        Scenario::default()
    })
}

impl eframe::App for HeadroomApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.poll_dialog(ctx);
        let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            self.run(Command::OpenPath(path), ctx);
        }
        if ctx.input(|i| i.viewport().close_requested()) && !self.view.closing && self.unsaved() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.files.pending = Some(Command::Close);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.screen_ui(ui);
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// Opens the window and waits until it is closed.
///
/// # Errors
/// There is no display, or it offers no OpenGL.
pub fn run(file: Option<PathBuf>, catalog: Catalog) -> Result<(), eframe::Error> {
    let folders = directories::ProjectDirs::from("", "", "headroom");
    let config_dir = folders.as_ref().map(|dirs| dirs.config_dir().to_owned());
    let own_folder = folders.map(|dirs| dirs.data_dir().join("catalog"));
    let native = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_app_id("headroom")
            .with_title("Headroom")
            .with_inner_size(measure::WINDOW)
            .with_min_inner_size(measure::SMALLEST_WINDOW)
            .with_drag_and_drop(true),
        persistence_path: config_dir.as_ref().map(|dir| dir.join("window.ron")),
        ..Default::default()
    };
    let chooser = files::native_chooser();
    let options = Options { catalog, file, config_dir, own_folder, chooser, today: Day::today() };
    eframe::run_native(
        "headroom",
        native,
        Box::new(move |cc| {
            let app = HeadroomApp::new(&cc.egui_ctx, options);
            cc.egui_ctx.set_theme(app.settings.theme());
            Ok(Box::new(app))
        }),
    )
}
