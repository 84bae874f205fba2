//! What leaves a plot, and what a screen reader reads of it: every card of every page.

use eframe::egui::OutputCommand;
use headroom::catalog::FabricKind;

use super::super::page::Tab;
use super::*;

const MENU: &str = "Data and picture: ";

/// A window with every card of `tab`, its fleet large enough for all of them to have something to show.
fn page<'a>(tab: Tab, chosen: Option<PathBuf>) -> Screen<'a> {
    let mut screen = screen(DESKTOP, Theme::Light, None, chosen);
    screen.state_mut().view.tab = tab;
    screen.state_mut().open.sheet.scenario.workload.requests_per_s = 400.0;
    screen.state_mut().open.sheet.scenario.facility.network = Some(FabricKind::InfiniBand);
    screen.state_mut().open.sheet.selected = Some("b200".to_owned());
    screen.run_ok();
    screen
}

fn titles(screen: &Screen<'_>) -> Vec<String> {
    let buttons = screen.query_all_by_role(Role::Button);
    let labels = buttons.filter_map(|node| node.accesskit_node().label());
    labels.filter_map(|label| label.strip_prefix(MENU).map(str::to_owned)).collect()
}

fn choose(screen: &mut Screen<'_>, title: &str, entry: &str) {
    let menu = format!("{MENU}{title}");
    screen.get_by_role_and_label(Role::Button, &menu).click_accesskit();
    screen.run_ok();
    screen.get_by_role_and_label(Role::Button, entry).click_accesskit();
}

/// Pages with cards: to compare with needs a pin.
fn pages() -> impl Iterator<Item = Tab> {
    Tab::ALL.into_iter().filter(|tab| *tab != Tab::Compare)
}

#[test]
fn every_card_reads_as_a_table() {
    for tab in pages() {
        let screen = page(tab, None);
        let titles = titles(&screen);
        assert!(!titles.is_empty(), "{tab:?}");
        for title in titles {
            let table = screen.get_by_role_and_label(Role::Table, &title);
            let rows: Vec<usize> = table.children().map(|row| row.children().count()).collect();
            assert!(rows.len() > 2 && rows.iter().all(|cells| *cells == rows[0]), "{title}: {rows:?}");
            let texts: Vec<String> =
                table.children_recursive().filter_map(|node| node.accesskit_node().label()).collect();
            assert!(!texts.iter().any(|w| w.contains("NaN") || w.contains("inf ")), "{title}: {texts:?}");
        }
    }
}

#[test]
fn every_card_gives_its_data() {
    for tab in pages() {
        let mut screen = page(tab, None);
        for title in titles(&screen) {
            choose(&mut screen, &title, "Copy data as CSV");
            let mut copied = None;
            for _ in 0..4 {
                screen.step();
                for command in &screen.output().platform_output.commands {
                    if let OutputCommand::CopyText(text) = command {
                        copied = Some(text.clone());
                    }
                }
            }
            let text = copied.unwrap_or_else(|| panic!("{title}: nothing was copied"));
            let mut table = csv::Reader::from_reader(text.as_bytes());
            let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
            assert!(!rows.is_empty() && rows.iter().all(|row| !row[0].is_empty()), "{title}: {text}");
        }
    }
}

#[test]
fn every_card_is_saved_as_a_drawing() {
    let folder = tempfile::tempdir().expect("a folder");
    for tab in pages() {
        let path = folder.path().join(tab.label());
        let mut screen = page(tab, Some(path.clone()));
        for title in titles(&screen) {
            choose(&mut screen, &title, "Save picture as SVG…");
            for _ in 0..4 {
                screen.step();
            }
            wait_for_dialog(&mut screen);
            let path = path.with_extension("svg");
            assert!(says(&screen, &format!("Saved: {}", path.display())), "{title}");
            let text = std::fs::read_to_string(&path).expect("a file");
            std::fs::remove_file(&path).expect("removed");
            let document = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{title}: {e}"));
            let named = |name: &str| document.descendants().filter(|n| n.has_tag_name(name)).count();
            let texts = document.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text());
            assert!(texts.collect::<Vec<_>>().contains(&title.as_str()), "{title} stands on its drawing");
            let drawn: usize = ["rect", "path", "line", "circle"].map(named).iter().sum();
            assert!(named("text") > 5 && drawn > 3, "{title}");
            assert!(["NaN", "\"inf", "\"-inf"].iter().all(|odd| !text.contains(odd)), "{title}");
        }
    }
}
