//! The screen: inputs, views, explanation, undo, theme, files. It draws what the engine says and computes
//! nothing of its own.

mod accuracy;
mod answer;
mod backwards;
mod catalogs;
mod causes;
mod choice;
mod commands;
mod compare;
mod day_strip;
mod dropped;
mod errors;
mod field;
mod figures;
mod files;
mod finder;
mod fonts;
mod frame_times;
mod header;
mod history;
mod inputs;
mod jobs;
mod marks;
mod measurement;
mod palette;
mod pins;
mod plots;
mod present;
mod recovery;
mod screen;
mod session;
mod settings;
mod sheet;
mod shortcuts;
mod slider;
mod table;
mod tabs;
mod text;
mod theme;
mod tokens;
mod tour;
mod unsaved;
mod verdict;
mod why;
mod why_text;

#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, Ui, ViewportBuilder, ViewportCommand};
use headroom::catalog::{Catalog, Day};
use headroom::scenario::{Scenario, preset};
use headroom::units::Separators;

use backwards::Question;
use catalogs::Catalogs;
use causes::Split;
use commands::Command;
use errors::Messages;
use field::Drafts;
use files::{Chooser, Files};
use finder::Finder;
use frame_times::FrameTimes;
use jobs::{Place, Runner, Waker};
use marks::Marks;
use measurement::Form;
use pins::Pins;
use plots::Tab;
use present::Stage;
use recovery::{Found, Vault};
use settings::{Change, Settings};
use sheet::{Others, Sheet};
use tokens::measure;

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
    /// How the system writes numbers.
    pub numbers: Separators,
    /// Where background work is done; inside a frame, what takes longest is left out.
    pub jobs: Place,
}

/// What is on the screen beside the scenario: it is neither saved nor undone.
struct View {
    tab: Tab,
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
    /// The list of everything that can be done, when it is open.
    finder: Option<Finder>,
    /// Whether the list of shortcuts is open.
    shortcuts: bool,
    /// A pinned scenario that is to be put back on the screen.
    load_pin: Option<Scenario>,
    /// A question that is asked backwards.
    question: Option<Question>,
    /// Step of the tour.
    tour: Option<usize>,
    /// What everything was enlarged by in the last frame.
    zoom: f32,
}

impl Default for View {
    fn default() -> Self {
        Self {
            tab: Tab::Overview,
            expanded: false,
            why: "cost.usd_per_month",
            why_open: false,
            inputs_open: false,
            waiting: None,
            title: String::new(),
            closing: false,
            finder: None,
            shortcuts: false,
            load_pin: None,
            question: None,
            tour: None,
            zoom: 1.0,
        }
    }
}

/// The window.
pub struct HeadroomApp {
    catalogs: Catalogs,
    /// The measurement that is being added.
    measurement: Option<Form>,
    /// The scenario on the screen.
    sheet: Sheet,
    /// Those that are open beside it.
    others: Others,
    vault: Vault,
    frame_times: FrameTimes,
    marks: Marks,
    pins: Pins,
    split: Split,
    jobs: Runner,
    stage: Stage,
    drafts: Drafts,
    messages: Messages,
    files: Files,
    settings: Settings,
    config_dir: Option<PathBuf>,
    today: Day,
    /// How the system writes numbers.
    numbers: Separators,
    view: View,
}

impl HeadroomApp {
    /// The window's state, fonts and themes installed in `ctx`.
    pub fn new(ctx: &Context, options: Options) -> Self {
        fonts::install(ctx);
        theme::install(ctx);
        let Options { catalog, file, config_dir, own_folder, chooser, today, numbers, jobs } = options;
        let settings = config_dir.as_deref().map(Settings::load).unwrap_or_default();
        settings.numbers.unwrap_or(numbers).put_in_force();
        ctx.set_zoom_factor(settings.zoom);
        let mut messages = Messages::default();
        let (mut catalogs, errors) = Catalogs::open(catalog, own_folder);
        errors.into_iter().for_each(|error| messages.push(error));
        let first = first_preset(catalogs.current(), &mut messages);
        let mut vault = Vault::open(config_dir.as_deref());
        let found = vault.found(catalogs.to_add_models());
        let sheet = Sheet::new(first, None, vault.place(), catalogs.current(), today);
        let waker: Waker = {
            let ctx = ctx.clone();
            Arc::new(move || ctx.request_repaint())
        };
        let mut app = Self {
            catalogs,
            measurement: None,
            sheet,
            others: Others::default(),
            vault,
            frame_times: FrameTimes::default(),
            marks: Marks::default(),
            pins: Pins::default(),
            split: Split::default(),
            jobs: Runner::new(jobs, waker),
            stage: Stage::default(),
            drafts: Drafts::default(),
            messages,
            files: Files::new(chooser),
            settings,
            config_dir,
            today,
            numbers,
            view: View::default(),
        };
        app.take_found(found);
        // Without a folder to remember it in, the tour would come at every start.
        if app.config_dir.is_some() && !app.settings.toured {
            app.view.tour = Some(0);
        }
        if let Some(path) = file {
            app.open(path);
        }
        app
    }

    /// Puts what an earlier window left unsaved into tabs.
    fn take_found(&mut self, found: Vec<Result<Found, String>>) {
        let mut back = 0;
        for one in found {
            match one {
                Ok(Found { scenario, file, recovery }) => {
                    // A file that is gone, or reads no more, is none.
                    let on_disk = file.as_deref().and_then(|file| {
                        preset::open_with_model(&file.to_string_lossy(), self.catalogs.to_add_models()).ok()
                    });
                    let file = file.filter(|_| on_disk.is_some());
                    let mut sheet = Sheet::new(scenario, file, recovery, self.catalogs.current(), self.today);
                    sheet.saved = on_disk.unwrap_or_default();
                    self.add(sheet);
                    back += 1;
                }
                Err(message) => self.messages.push(message),
            }
        }
        if back > 0 {
            self.messages.note("The last window was not closed as it should be: what was not saved is back.");
        }
    }

    /// Asks the engine again, when an input has changed since.
    fn refresh(&mut self) {
        if self.sheet.scenario != self.sheet.answered {
            self.sheet.ask_again(self.catalogs.current(), self.today);
        }
    }

    /// Asks the engine about everything that is open: the catalog has changed.
    fn catalog_changed(&mut self) {
        self.marks.forget();
        self.sheet.ask_again(self.catalogs.current(), self.today);
        for sheet in self.others.iter_mut() {
            sheet.ask_again(self.catalogs.current(), self.today);
        }
    }

    /// The keyboard enlarges and shrinks too: within limits, and remembered.
    fn keep_zoom(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        let before = std::mem::replace(&mut self.view.zoom, zoom);
        if !self.stage.on() && zoom != before && zoom != self.settings.zoom {
            self.settings.change(Change::Zoom(zoom));
            self.settings.apply(ctx);
            self.store_settings();
        }
    }

    /// Takes over one change of how the window looks, or writes numbers.
    fn change_setting(&mut self, change: Change, ctx: &Context) {
        self.settings.change(change);
        self.settings.apply(ctx);
        self.store_settings();
        if let Change::Numbers(numbers) = change {
            numbers.unwrap_or(self.numbers).put_in_force();
            self.drafts.clear();
            // Sentences have numbers in them.
            self.catalogs.rewrite();
            self.pins.ask_again(self.catalogs.current(), self.today);
            self.catalog_changed();
        }
    }

    /// Looks for cliffs; makes a step of undo and keeps what is not saved, while nothing is being dragged.
    fn rest(&mut self, ctx: &Context) {
        let busy = ctx.egui_is_using_pointer() || ctx.input(|i| i.pointer.any_down());
        self.jobs.give_way(busy);
        if self.jobs.beside() {
            self.marks.follow(&self.sheet.scenario, self.catalogs.current(), &self.jobs, busy);
        }
        if busy {
            return;
        }
        self.keep_zoom(ctx);
        let now = ctx.input(|i| i.time);
        if self.sheet.history.feed(now, &self.sheet.scenario) {
            // Without it a step would wait for the next movement of the pointer.
            ctx.request_repaint_after_secs(history::REST_S as f32);
        }
        let unsaved = self.sheet.unsaved();
        let sheet = &mut self.sheet;
        if sheet.recovery.feed(now, &sheet.scenario, sheet.path.as_deref(), unsaved) {
            ctx.request_repaint_after_secs(recovery::REST_S as f32);
        }
    }
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
        for failure in self.jobs.failures() {
            self.messages.push(failure);
        }
        self.poll_dialog(ctx);
        let dropped: Vec<PathBuf> =
            ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for path in dropped {
            self.dropped(&path, ctx);
        }
        if ctx.input(|i| i.viewport().close_requested())
            && !self.view.closing
            && self.next_unsaved().is_some()
        {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.run(Command::Close, ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.frame_times.note(frame.info().cpu_usage);
        self.screen_ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(problem) = self.frame_times.write() {
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr(), "{problem}");
        }
        self.sheet.recovery.close();
        self.others.iter_mut().for_each(|sheet| sheet.recovery.close());
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// How the system writes numbers: what is said of numbers counts before what is said of the language.
fn system_numbers() -> Separators {
    let said = ["LC_ALL", "LC_NUMERIC"].into_iter().filter_map(|key| std::env::var(key).ok());
    let said = said.chain(sys_locale::get_locale()).find(|locale| !locale.is_empty());
    said.map_or(Separators::Comma, |locale| Separators::of_locale(&locale))
}

/// Opens the window and waits until it is closed; how long each frame took is written to `frame_times`.
///
/// # Errors
/// There is no display, or it offers no OpenGL.
pub fn run(
    file: Option<PathBuf>,
    frame_times: Option<PathBuf>,
    catalog: Catalog,
) -> Result<(), eframe::Error> {
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
    let options = Options {
        catalog,
        file,
        config_dir,
        own_folder,
        chooser,
        today: Day::today(),
        numbers: system_numbers(),
        jobs: Place::Beside,
    };
    eframe::run_native(
        "headroom",
        native,
        Box::new(move |cc| {
            let mut app = HeadroomApp::new(&cc.egui_ctx, options);
            app.frame_times = FrameTimes::new(frame_times);
            cc.egui_ctx.set_theme(app.settings.theme());
            Ok(Box::new(app))
        }),
    )
}
