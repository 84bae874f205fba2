//! The window: what it starts with, its parts, and what the desktop asks of it.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, Ui, ViewportBuilder, ViewportCommand};
use headroom::catalog::{Catalog, Day};
use headroom::import::Library;
use headroom::scenario::{Scenario, preset};
use headroom::units::Separators;

use super::catalogs::Catalogs;
use super::commands::Command;
use super::dialogs::{self, Chooser, Dialogs};
use super::errors::Messages;
use super::frame_times::FrameTimes;
use super::jobs::{Runner, Waker, Where};
use super::open::Open;
use super::overlay::Overlays;
use super::preferences::Preferences;
use super::recovery::Vault;
use super::shell::Shell;
use super::shown::Shown;
use super::tokens::measure;
use super::view::View;
use super::work::Background;
use super::{fonts, theme};

/// What the window starts with. Nothing is read from the user's directories that is not named here.
pub struct Options {
    pub catalog: Library,
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
    pub jobs: Where,
}

/// The window: its parts, each the one owner of what it holds.
pub struct HeadroomApp {
    pub(super) open: Open,
    pub(super) catalogs: Catalogs,
    pub(super) work: Background,
    pub(super) view: View,
    pub(super) overlays: Overlays,
    pub(super) dialogs: Dialogs,
    pub(super) messages: Messages,
    pub(super) preferences: Preferences,
    pub(super) shell: Shell,
    pub(super) today: Day,
}

impl HeadroomApp {
    /// The window's state, fonts and themes installed in `ctx`.
    pub fn new(ctx: &Context, options: Options) -> Self {
        fonts::install(ctx);
        theme::install(ctx);
        let Options { catalog, file, config_dir, own_folder, chooser, today, numbers, jobs } = options;
        let preferences = Preferences::load(config_dir.clone(), numbers, ctx);
        let mut messages = Messages::default();
        let (mut catalogs, errors) = Catalogs::open(catalog, own_folder);
        errors.into_iter().for_each(|error| messages.push(error));
        let first = first_preset(catalogs.current(), &mut messages);
        let mut vault = Vault::open(config_dir.as_deref());
        let found = vault.found(catalogs.library_mut());
        let mut open = Open::new(first, vault, catalogs.current(), today);
        let (back, lost) = open.recover(found, &mut catalogs, today);
        lost.into_iter().for_each(|message| messages.push(message));
        if back > 0 {
            messages.note("Recovered unsaved work from the last session.");
        }
        let mut overlays = Overlays::default();
        if preferences.tour_is_due() {
            overlays.begin_tour();
        }
        let mut app = Self {
            open,
            catalogs,
            work: Background::new(Runner::new(jobs, waker(ctx))),
            view: View::default(),
            overlays,
            dialogs: Dialogs::new(chooser),
            messages,
            preferences,
            shell: Shell::default(),
            today,
        };
        if let Some(path) = file {
            app.open_file(path);
        }
        app
    }

    /// What the screens draw and change.
    pub(super) fn shown(&mut self) -> Shown<'_> {
        Shown {
            sheet: &mut self.open.sheet,
            drafts: &mut self.open.drafts,
            view: &mut self.view,
            work: &mut self.work,
            catalogs: &self.catalogs,
            today: self.today,
        }
    }

    /// Asks the engine again, when an input has changed since.
    pub(super) fn refresh(&mut self) {
        self.open.sheet.refresh(self.catalogs.current(), self.today);
    }

    /// Asks the engine about everything that is open: the catalog has changed.
    pub(super) fn catalog_changed(&mut self) {
        self.work.marks.forget();
        self.open.ask_again(self.catalogs.current(), self.today);
    }

    /// Shows what went wrong, if anything did.
    pub(super) fn note_failure(&mut self, outcome: Result<(), String>) {
        if let Err(message) = outcome {
            self.messages.push(message);
        }
    }
}

/// Wakes the screen from wherever background work is done.
fn waker(ctx: &Context) -> Waker {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint())
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
        for failure in self.work.jobs.failures() {
            self.messages.push(failure);
        }
        self.poll_dialog(ctx);
        let dropped: Vec<PathBuf> =
            ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for path in dropped {
            self.dropped(&path, ctx);
        }
        if ctx.input(|i| i.viewport().close_requested())
            && !self.shell.closing
            && self.open.next_unsaved().is_some()
        {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.run(Command::Close, ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.shell.frame_times.note(frame.info().cpu_usage);
        self.screen_ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(problem) = self.shell.frame_times.write() {
            // The pipe may be closed.
            let _ = writeln!(std::io::stderr(), "{problem}");
        }
        self.open.close_all();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// How the system writes numbers: a setting for numbers counts before one for the language.
fn system_numbers() -> Separators {
    let locales = ["LC_ALL", "LC_NUMERIC"].into_iter().filter_map(|key| std::env::var(key).ok());
    let locale = locales.chain(sys_locale::get_locale()).find(|locale| !locale.is_empty());
    locale.map_or(Separators::Comma, |locale| Separators::of_locale(&locale))
}

/// Opens the window and waits until it is closed; how long each frame took is written to `frame_times`.
///
/// # Errors
/// There is no display, or it offers no OpenGL.
pub fn run(
    file: Option<PathBuf>,
    frame_times: Option<PathBuf>,
    catalog: Library,
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
    let chooser = dialogs::native_chooser();
    let options = Options {
        catalog,
        file,
        config_dir,
        own_folder,
        chooser,
        today: Day::today(),
        numbers: system_numbers(),
        jobs: Where::Beside,
    };
    eframe::run_native(
        "headroom",
        native,
        Box::new(move |cc| {
            let mut app = HeadroomApp::new(&cc.egui_ctx, options);
            app.shell.frame_times = FrameTimes::new(frame_times);
            cc.egui_ctx.set_theme(app.preferences.settings.theme());
            Ok(Box::new(app))
        }),
    )
}
