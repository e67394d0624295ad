"""The page in a real browser, from a file; CHROMIUM is asked for in capitals where there is none."""

import io
import re
import shutil
from collections.abc import Iterator

import pytest
from PIL import Image

from embedding_bench.reporting.page import build_page, insert_provenance
from embedding_bench.reporting.theme import PALETTES

pytestmark = pytest.mark.heavy
sync_api = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: pip install playwright to test the page")

DRAWN = "document.querySelectorAll('.chart svg').length === document.querySelectorAll('.chart').length"
CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const luminance = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [deep, pale] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (pale + 0.05) / (deep + 0.05);
  };
  const style = (element) => getComputedStyle(element);
  const ground = (element) => {
    const colour = style(element).backgroundColor;
    return parts(colour)[3] === 0 ? ground(element.parentElement) : colour;
  };
  const told = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const html = [...document.querySelectorAll("body *:not(svg *, script, datalist *, noscript *)")]
    .filter((element) => told(element) && element.checkVisibility())
    .map((element) => [element.outerHTML.slice(0, 80), ratio(style(element).color, ground(element))]);
  const cells = [...document.querySelectorAll("[data-figure=confusion] .mark-rect path")];
  const below = (text) => {
    const {x, y, width, height} = text.getBoundingClientRect();
    return cells.find((cell) => {
      const box = cell.getBoundingClientRect();
      return box.left < x && x + width < box.right && box.top < y && y + height < box.bottom;
    });
  };
  const charts = [...document.querySelectorAll(".chart text")].map((text) => {
    const cell = below(text);
    return [text.textContent, ratio(style(text).fill, cell ? style(cell).fill : ground(text.closest(".chart")))];
  });
  return {cells: cells.length, texts: [...html, ...charts]};
}"""
OVER = """() => [...document.querySelectorAll(".chart svg, canvas, select, button, p")]
  .filter((found) => !found.closest(".scroll") && found.getBoundingClientRect().right > innerWidth)
  .map((found) => found.outerHTML.slice(0, 80))"""
INTRUDER = "Object.assign(document.createElement('script'), {textContent: 'window.harmed = true'})"


def eventually(page, expression: str) -> None:
    """Wait for something on the page; Playwright's own way needs eval, which the page forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("NO CHROMIUM: apt-get install chromium to test the page")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(make_content, provenance, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(insert_provenance(build_page(make_content()), provenance), encoding="utf-8")
    return path.as_uri()


class Watched:
    """A page, with what it complained of and what it asked for."""

    def __init__(self, browser, address, **options):
        self.complaints, self.asked = [], []
        self.page = browser.new_page(reduced_motion="reduce", **options)
        self.page.set_default_timeout(5000)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        eventually(self.page, DRAWN)


@pytest.fixture(scope="module")
def desktop(browser, address) -> Iterator[Watched]:
    watched = Watched(browser, address, viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield watched
    assert watched.complaints == []
    assert all(re.match("file:|data:|blob:", url) for url in watched.asked)
    assert watched.page.evaluate("window.harmed") is None
    watched.page.close()


@pytest.fixture
def page(desktop, address):
    """The page as it is after loading; its errors and requests are judged at the end of all."""
    desktop.page.goto("about:blank")
    desktop.page.goto(address)
    eventually(desktop.page, DRAWN)
    return desktop.page


@pytest.fixture(scope="module")
def phone(browser, address):
    watched = Watched(browser, address, viewport={"width": 360, "height": 740}, has_touch=True, color_scheme="dark")
    yield watched.page
    assert watched.complaints == []
    watched.page.close()


def order(page) -> list[str]:
    return page.locator("#board tbody tr:visible th bdi").all_inner_texts()


def neighbours(page, when: str) -> list[str]:
    return page.locator(f"[data-when={when}] button").all_inner_texts()


def colours(png: bytes) -> int:
    return len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24))


def test_a_word_is_found_with_its_neighbours_which_lead_on(page):
    page.fill("#word", "Pear")
    page.get_by_role("button", name="Find").click()
    assert page.locator("#found b").inner_text() == "pear"
    assert neighbours(page, "before")[1:3] == ["word2", "word3"]
    assert neighbours(page, "after")[:2] == ["word10", "word20"]
    page.locator("[data-when=after] button").first.click()
    assert page.locator("#found b").inner_text() == "word10"
    assert neighbours(page, "before")[0] == "word11"
    assert page.evaluate("document.activeElement.closest('[data-when]').dataset.when") == "after"


def test_a_word_that_is_not_there_is_said_to_be_missing(page):
    page.fill("#word", "nowhere")
    page.press("#word", "Enter")
    assert page.locator("#found").inner_text() == "Not on the map: nowhere"


def test_what_is_typed_is_suggested(page):
    page.locator("#word").press_sequentially("word9")
    assert "word9" in page.locator("#words option").evaluate_all("options => options.map((option) => option.value)")


def test_before_and_after_tuning_are_two_maps(page):
    canvas = page.locator("#words-map")
    after = canvas.screenshot()
    page.get_by_label("before tuning").check()
    before = canvas.screenshot()
    assert before != after
    page.get_by_label("after tuning").check()
    assert canvas.screenshot() == after


def test_the_map_is_coloured_by_count_zoomed_and_shown_whole_again(page):
    canvas = page.locator("#words-map")
    whole = canvas.screenshot()
    page.select_option("#colour", "count")
    assert page.locator("#map-counts").is_visible()
    assert not page.locator("#map-classes").is_visible()
    assert canvas.screenshot() != whole
    page.select_option("#colour", "class")
    page.get_by_role("button", name="Zoom in").click()
    assert canvas.screenshot() != whole
    page.get_by_role("button", name="Show all").click()
    assert canvas.screenshot() == whole


def test_the_wheel_scrolls_the_page_over_the_map(page):
    page.locator("#words-map").hover()
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, -300)
    eventually(page, f"scrollY < {before}")


def test_the_leaderboard_is_sorted_by_any_column(page):
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("test accuracy")
    for column in page.locator("#board thead button").all():
        column.click()
        header = column.locator("..")
        first = header.get_attribute("aria-sort")
        one = order(page)
        column.click()
        assert {first, header.get_attribute("aria-sort")} == {"ascending", "descending"}
        assert page.locator("#board th[aria-sort=ascending], #board th[aria-sort=descending]").count() == 1
        assert sorted(order(page)) == sorted(one)
    page.get_by_role("button", name=re.compile("^log loss")).click()
    assert order(page)[0] == "tfidf"


def test_a_row_without_a_figure_stands_last_in_either_direction(page):
    for _ in range(2):
        page.get_by_role("button", name="p value").click()
        assert order(page)[-1] == "words-b-frozen-mean"


def test_the_leaderboard_is_filtered_by_axis_and_baselines(page):
    assert page.locator("#shown").inner_text() == "3 of 3 rows"
    page.get_by_role("combobox", name="vectors").select_option("a")
    assert order(page) == ["words-a-frozen-mean", "tfidf"]
    page.get_by_role("checkbox", name="baselines").uncheck()
    assert order(page) == ["words-a-frozen-mean"]
    page.get_by_role("combobox", name="vectors").select_option("all")
    assert page.locator("#shown").inner_text() == "2 of 3 rows"


def test_a_chart_shows_the_row_that_is_chosen_in_either_theme(page):
    assert drawn(page) == {"words-b-frozen-mean", "tfidf"}
    page.select_option("[data-for=classes][data-signal=one]", "words-a-frozen-mean")
    eventually(page, "!document.querySelector('[data-figure=classes] [aria-label*=words-b]')")
    eventually(page, "!!document.querySelector('[data-figure=classes] [aria-label*=words-a]')")
    assert drawn(page) == {"words-a-frozen-mean", "tfidf"}
    page.emulate_media(color_scheme="dark")
    assert drawn(page) == {"words-a-frozen-mean", "tfidf"}
    page.emulate_media(color_scheme="light")


def drawn(page) -> set[str]:
    """Read the names of the rows whose points stand in the chart by class."""
    points = page.locator("[data-figure=classes] path[aria-label*=variant]")
    return {re.search("variant: ([^;]+)", point.get_attribute("aria-label"))[1] for point in points.all()}


def test_the_theme_is_switched_and_remembered(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    dark = page.evaluate(ground)
    assert dark != light
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    page.reload()
    assert page.evaluate(ground) == dark
    page.click("#theme")
    assert page.evaluate(ground) == light


def test_the_keyboard_alone_skips_sorts_and_searches(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "#board thead th:nth-child(3) button")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert order(page)[0] == "tfidf"
    tab_to(page, "#word")
    page.keyboard.type("pear")
    page.keyboard.press("Enter")
    assert page.locator("#found b").inner_text() == "pear"
    tab_to(page, "#words-map")
    picture = page.locator("#words-map").screenshot()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    assert page.locator("#words-map").screenshot() != picture
    tab_to(page, "[data-when=before] button")
    page.keyboard.press("Space")
    assert page.locator("#found b").inner_text() != "pear"


def tab_to(page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached")


def test_hostile_texts_are_shown_and_run_nothing(page, make_content):
    texts = [entry.text for entry in make_content().wrong]
    shown = page.locator("#wrong .text")
    assert shown.nth(0).text_content() == texts[0]
    assert shown.nth(1).evaluate("(text) => getComputedStyle(text).direction") == "rtl"
    page.locator("#wrong summary").click()
    assert page.locator("#wrong details p").inner_text() == texts[2]
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    page.fill("#word", texts[0])
    page.press("#word", "Enter")
    assert page.locator("#found b").inner_text() == texts[0]
    assert page.evaluate("window.harmed") is None


def test_a_script_that_got_in_would_not_run(desktop, page):
    page.evaluate(f"document.body.append({INTRUDER})")
    assert page.evaluate("window.harmed") is None
    refusals = [complaint for complaint in desktop.complaints if "Content Security Policy" in complaint]
    assert refusals
    desktop.complaints.clear()


def test_the_page_shows_its_provenance(page, provenance):
    assert provenance["machine"]["system"] in page.locator("#made-tables").inner_text()
    assert "61.2" in page.locator("#made-tables").inner_text()
    assert "microseconds" in page.locator("#cost").inner_text()
    assert page.locator("#costs tbody tr").count() == 3


def test_without_timings_parameters_take_their_place(browser, make_content, tmp_path):
    path = tmp_path / "bare.html"
    path.write_text(insert_provenance(build_page(make_content()), None), encoding="utf-8")
    bare = Watched(browser, path.as_uri())
    assert bare.page.locator("#made-tables").inner_text() == "Timings are not known."
    assert (
        "parameters" in bare.page.locator("[data-figure=frontier-parameters] .role-axis-title text").all_text_contents()
    )
    assert bare.complaints == []
    bare.page.close()


def test_figures_are_there_as_a_table_too(page):
    details = page.locator("#effects details").first
    details.locator("summary").click()
    details.locator("table").wait_for()
    assert details.locator("tbody tr").count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_either_theme(page, theme):
    page.emulate_media(color_scheme=theme)
    eventually(page, f"({CONTRASTS})().texts.every(([, ratio]) => ratio >= 4.5)")  # charts are redrawn one by one
    found = page.evaluate(CONTRASTS)
    page.emulate_media(color_scheme="light")
    assert len(found["texts"]) > 200
    assert found["cells"] == 4


def test_a_phone_scrolls_down_alone(phone):
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.evaluate(OVER) == []


def test_pages_are_not_empty(page, phone):
    assert colours(page.screenshot(full_page=True)) > 100
    assert colours(phone.screenshot(full_page=True)) > 100
    assert colours(page.locator("#words-map").screenshot()) > 30


def test_print_has_no_controls_and_is_light(page):
    page.emulate_media(media="print", color_scheme="dark")
    key = page.locator("label:has([data-for=classes][data-signal=other])")
    assert key.evaluate("(label) => getComputedStyle(label, '::after').content") == '"tfidf"'
    for selector in ("nav", "#theme", "#search", "#board thead button >> nth=0", "select >> nth=0", ".zoom"):
        assert page.locator(selector).is_visible() == ("#board" in selector)  # a header is a button on the screen alone
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        page.locator("#board thead button").first.evaluate("(button) => getComputedStyle(button).borderStyle") == "none"
    )
    page.emulate_media(media="screen", color_scheme="light")


def test_a_dark_page_prints_light_charts(browser, address):
    dark = Watched(browser, address, color_scheme="dark")
    dark.page.evaluate("""addEventListener("beforeprint", () => setTimeout(() => {
      window.printed = [...document.querySelectorAll(".role-axis-label text")].map((text) => text.getAttribute("fill"));
    }))""")
    dark.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    eventually(dark.page, "Boolean(window.printed)")
    assert set(dark.page.evaluate("window.printed")) == {PALETTES["light"]["ink"]}
    dark.page.close()
