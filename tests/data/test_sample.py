"""The sample of Assen: whole, consistent, and true to its published totals."""

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from data.draw_sample import BESIDE, DRAWN, draw
from geo_assen.catalogue import load_catalogue
from geo_assen.crs import to_rd
from geo_assen.ingest import Checker, Context, guess_mapping, open_file
from geo_assen.matching import Requirement

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "data" / "assen"
TODAY = date(2026, 11, 24)
ORDER = [
    "sources",
    "areas",
    "business_parks",
    "reference_points",
    "base_map",
    "parties",
    "attractions",
    "plots",
    "premises",
    "offers",
    "land_events",
    "vacancy",
    "events",
    "visit_counts",
    "commuter_flows",
    "indicators",
]
SOURCED_HA = {"MV": 80, "PP": 38, "SB": 247, "AZ": 60}
SOURCED_NET_HA = {"MV": 50, "PP": 25}
TRUSTED = ("field", "owner", "register", "listing", "bag")
VALID_MONTHS = {"field": 18, "owner": 12, "register": 12, "bag": 12, "listing": 6}


def read(layer):
    spatial = FOLDER / f"{layer}.geojson"
    if not spatial.exists():
        with (FOLDER / f"{layer}.csv").open(encoding="utf-8", newline="") as file:
            return [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    features = json.loads(spatial.read_text(encoding="utf-8"))["features"]
    return [
        {**f["properties"], "shape": to_rd(shape(f["geometry"]), "OGC:CRS84").item()
         if f["geometry"] else None}
        for f in features
    ]  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    return {layer: read(layer) for layer in ORDER}


@pytest.fixture(scope="module")
def plots(sample):
    """Plots that are there today: a plot that was split is not."""
    parents = {plot["parent_plot"] for plot in sample["plots"]}
    return [plot for plot in sample["plots"] if plot["code"] not in parents]


def by_code(rows):
    return {row["code"]: row for row in rows}


def events_of(sample, *kinds):
    return [event for event in sample["land_events"] if event["kind"] in kinds]


def total(events, park):
    return sum(int(event["area_m2"]) for event in events if event["park"] == park)


def test_every_file_passes_the_import_checks_in_order():
    catalogue = load_catalogue(PROJECT / "layers")
    known = {}
    for name in ORDER:
        path = next(FOLDER.glob(f"{name}.*"))
        layer = catalogue.layers[name]
        context = Context(catalogue, known, "sample-illustrative", TODAY)
        with open_file(path) as opened:
            (content,) = opened.layers
            (part,) = content.read()
            columns = list(content.columns)
            fields = [field.name for field in layer.stored_fields]
            assert [column for column in columns if column != "geometry"] == fields, name
            mapping = guess_mapping(layer, content, part.values, catalogue=catalogue)
            checker = Checker(layer, content, mapping, context)
            checked = [checker.check(part), checker.finish()]
        assert [issue.document() for done in checked for issue in done.issues] == [], name
        if "code" in columns:
            known[name] = set(part.values["code"])


def test_every_record_has_a_source_that_is_listed(sample):
    sources = by_code(sample["sources"])
    assert {row["certainty"] for row in sources.values()} >= {
        "observed", "stated", "derived", "modelled", "illustrative",
    }  # fmt: skip
    for layer in ORDER[1:]:
        assert {row["source_code"] for row in sample[layer]} <= set(sources), layer


def test_what_is_made_up_says_so(sample):
    for layer in ("plots", "premises", "offers", "vacancy", "parties"):
        assert {row["source_code"] for row in sample[layer]} == {"sample-illustrative"}, layer
    for park in sample["business_parks"]:
        assert "geometry" in park["illustrative_fields"].split(";")


def test_no_bag_ids_no_persons_and_no_real_mail(sample):
    assert {row["bag_id"] for row in sample["premises"]} == {None}
    assert {row["cadastral_ids"] for row in sample["plots"]} == {None}
    assert all(row["email"].endswith(".example") for row in sample["parties"])
    assert all("illustratief" in row["name"] for row in sample["parties"])
    assert {row["phone"] for row in sample["parties"]} == {None}


def test_references_resolve(sample):
    for layer, field, target in (
        ("plots", "park", "business_parks"), ("plots", "parent_plot", "plots"),
        ("premises", "park", "business_parks"), ("premises", "shopping_area", "areas"),
        ("premises", "merged_into", "premises"),
        ("offers", "plot", "plots"), ("offers", "premises", "premises"),
        ("offers", "contact", "parties"), ("land_events", "plot", "plots"),
        ("land_events", "park", "business_parks"), ("land_events", "party", "parties"),
        ("vacancy", "premises", "premises"), ("events", "attraction", "attractions"),
        ("visit_counts", "attraction", "attractions"), ("indicators", "area", "areas"),
        ("commuter_flows", "home_code", "areas"), ("commuter_flows", "work_code", "areas"),
    ):  # fmt: skip
        known = {row["code"] for row in sample[target]}
        assert {row[field] for row in sample[layer]} - {None} <= known, (layer, field)


def test_geometry_is_valid_and_lies_in_the_municipality(sample):
    [assen] = [row["shape"] for row in sample["areas"] if row["code"] == "GM0106"]
    for layer in ("areas", "business_parks", "plots", "premises", "base_map", "attractions",
                  "events", "reference_points"):  # fmt: skip
        for row in sample[layer]:
            if row["shape"] is not None:
                assert row["shape"].is_valid, row["code"]
                assert row["shape"].intersects(assen), row["code"]
                if layer in ("business_parks", "plots", "premises"):
                    assert assen.contains(row["shape"]), row["code"]


def test_municipality_has_its_published_size_and_extent(sample):
    [assen] = [row["shape"] for row in sample["areas"] if row["code"] == "GM0106"]
    assert assen.area / 10_000 == pytest.approx(8_345, rel=0.005)
    assert assen.bounds == pytest.approx((228720.6, 550114.2, 238563.9, 564562.2), abs=1)


def test_districts_do_not_overlap(sample):
    shapes = [row["shape"] for row in sample["areas"] if row["kind"] == "district"]
    assert len(shapes) == 10
    assert sum(one.area for one in shapes) == pytest.approx(
        shapely.union_all(shapes).area, rel=1e-6
    )


def test_parks_have_their_sourced_hectares_once(sample):
    parks = by_code(sample["business_parks"])
    for code, hectares in SOURCED_HA.items():
        assert parks[code]["gross_area_m2"] == hectares * 10_000
        assert "gross_area_m2" not in parks[code]["illustrative_fields"]
    shapes = [park["shape"] for park in parks.values()]
    for park in parks.values():
        assert park["shape"].area == pytest.approx(park["gross_area_m2"], rel=0.001)
        assert 6 <= len(park["shape"].exterior.coords) - 1 <= 14
    assert shapely.union_all(shapes).area == pytest.approx(sum(one.area for one in shapes))
    [harbour] = [a["shape"] for a in sample["areas"] if a["code"] == "RD-HAVENKWARTIER"]
    assert parks["SB"]["shape"].contains(harbour)


def test_plots_lie_in_their_park_apart_and_as_large_as_stated(sample, plots):
    parks = by_code(sample["business_parks"])
    assert 140 <= len(plots) <= 180
    assert all(800 <= plot["area_m2"] <= 71_000 for plot in plots)
    for plot in sample["plots"]:
        assert parks[plot["park"]]["shape"].contains(plot["shape"]), plot["code"]
        assert abs(plot["shape"].area - plot["area_m2"]) <= 1, plot["code"]
    tree = shapely.STRtree([plot["shape"] for plot in plots])
    pairs = tree.query([plot["shape"] for plot in plots], predicate="intersects").T
    for a, b in pairs:
        if a < b:
            shared = plots[a]["shape"].intersection(plots[b]["shape"]).area
            assert shared < 1, (plots[a]["code"], plots[b]["code"])


def test_a_split_plot_is_its_parts(sample):
    children = defaultdict(list)
    for plot in sample["plots"]:
        if plot["parent_plot"]:
            children[plot["parent_plot"]].append(plot)
    split = events_of(sample, "split")
    assert [event["plot"] for event in split] == list(children)
    for parent, parts in children.items():
        whole = by_code(sample["plots"])[parent]
        assert sum(part["area_m2"] for part in parts) == whole["area_m2"]
        assert all(whole["shape"].buffer(0.1).contains(part["shape"]) for part in parts)


def test_net_is_what_was_issued_and_what_can_be(sample, plots):
    deeds, back = events_of(sample, "deed"), events_of(sample, "buy_back")
    gone = {event["plot"] for event in events_of(sample, "withdrawal")}
    issued = {event["plot"] for event in deeds} - {event["plot"] for event in back}
    for park in sample["business_parks"]:
        code = park["code"]
        net = total(events_of(sample, "net_set"), code) - total(
            events_of(sample, "withdrawal"), code
        )
        handed_over = (
            total(events_of(sample, "opening_balance"), code)
            + total(deeds, code) - total(back, code)
        )  # fmt: skip
        free = sum(p["area_m2"] for p in plots
                   if p["park"] == code and p["code"] not in issued | gone)  # fmt: skip
        assert net == handed_over + free
        assert net <= park["gross_area_m2"]
        if code in SOURCED_NET_HA:
            assert net == SOURCED_NET_HA[code] * 10_000


def test_a_deed_is_for_a_whole_plot_and_only_once(sample):
    areas = {plot["code"]: plot["area_m2"] for plot in sample["plots"]}
    deeds = events_of(sample, "deed")
    assert max(Counter(event["plot"] for event in deeds).values()) == 1
    assert all(int(event["area_m2"]) == areas[event["plot"]] for event in deeds)
    assert [event["tenure"] for event in deeds].count("ground_lease") == 1


def test_uptake_tells_the_published_story(sample):
    uptake = Counter()
    for event in events_of(sample, "deed", "buy_back"):
        sign = 1 if event["kind"] == "deed" else -1
        uptake[int(event["effective_on"][:4])] += sign * int(event["area_m2"]) / 10_000
    assert 6 <= uptake[2022] < 6.6
    assert sum(uptake[year] for year in range(2009, 2017)) / 8 < 1.2
    small = [e for e in events_of(sample, "deed") if e["effective_on"].startswith("2016")]
    assert len(small) == 2
    south = [e for e in events_of(sample, "deed")
             if e["park"] == "AZ" and e["effective_on"] < "2023-07-01"]  # fmt: skip
    assert sum(int(event["area_m2"]) for event in south) == pytest.approx(200_000, rel=0.05)


def test_promises_run_today_and_others_lapsed(sample):
    issued = {event["plot"] for event in events_of(sample, "deed")}
    back = {event["plot"] for event in events_of(sample, "buy_back")}
    promised = events_of(sample, "option", "reservation")
    running = [e for e in promised if e["valid_until"] >= TODAY.isoformat()]
    assert {event["kind"] for event in running} == {"option", "reservation"}
    assert not {event["plot"] for event in running} & (issued - back)
    assert {e["kind"] for e in events_of(sample, "option_lapsed", "reservation_lapsed")} == {
        "option_lapsed", "reservation_lapsed",
    }  # fmt: skip
    free = {p["code"] for p in sample["plots"] if p["price_eur_m2"]}
    assert 30 <= len(free) <= 42
    ran_out = {e["plot"] for e in promised if e["valid_until"] < TODAY.isoformat()} & free
    assert len(ran_out) >= 3
    assert all(event["effective_on"] <= TODAY.isoformat() for event in sample["land_events"])


def state_on(observations, day):
    """State by the rules of the design, worked out anew: (state, source) or unknown."""
    valid = [
        seen for seen in observations
        if seen["state"] != "unknown"
        and date.fromisoformat(seen["observed_on"]) <= day
        <= date.fromisoformat(seen["observed_on"])
        + timedelta(days=30.4 * VALID_MONTHS[seen["source"]])
    ]  # fmt: skip
    if not valid:
        return "unknown"
    valid.sort(key=lambda seen: seen["observed_on"], reverse=True)
    return min(valid, key=lambda seen: TRUSTED.index(seen["source"]))["state"]


def there_on(row, day):
    """Whether premises are in the stock at the end of a day."""
    return (row["live_from"] or "") <= day.isoformat() < (row["gone_on"] or "9999")


def centre_share(sample, day, use):
    observations = defaultdict(list)
    for seen in sample["vacancy"]:
        observations[seen["premises"]].append(seen)
    units = [row for row in sample["premises"]
             if row["shopping_area"] == "SA-KERN" and use in row["uses"]
             and there_on(row, day)]  # fmt: skip
    states = [state_on(observations[unit["code"]], day) for unit in units]
    assert "unknown" not in states
    empty = [u for u, state in zip(units, states, strict=True) if state in ("vacant", "partly")]
    floor = sum(unit["sales_floor_m2"] or 0 for unit in empty)
    return len(empty) / len(units), floor / sum(unit["sales_floor_m2"] or 0 for unit in units)


def test_one_in_five_shops_is_empty_in_the_middle_of_2019(sample):
    share, _floor = centre_share(sample, date(2019, 7, 1), "retail")
    assert 0.18 <= share <= 0.22


def test_shop_floor_of_2021_is_near_the_published_figures(sample):
    day = date(2021, 7, 1)
    stock = sum(row["sales_floor_m2"] or 0 for row in sample["premises"]
                if row["shopping_area"] == "SA-KERN" and there_on(row, day))  # fmt: skip
    _share, empty = centre_share(sample, day, "retail")
    assert stock == pytest.approx(100_000, rel=0.05)
    assert stock * (1 - empty) == pytest.approx(80_000, rel=0.08)


def test_vacancy_of_the_centre_falls_until_today(sample):
    share, _floor = centre_share(sample, TODAY, "retail")
    assert 0.10 <= share <= 0.15


def test_sources_of_vacancy_disagree_somewhere(sample):
    latest = {}
    for seen in sample["vacancy"]:
        if seen["observed_on"] >= "2026-03-01" and seen["state"] != "unknown":
            latest.setdefault(seen["premises"], set()).add(seen["state"])
    assert sum("occupied" in states and "vacant" in states for states in latest.values()) >= 3
    assert {seen["source"] for seen in sample["vacancy"]} == set(TRUSTED)
    assert (FOLDER / "vacancy.csv").stat().st_size < 400_000


def test_premises_come_and_go_and_are_seen_only_while_they_are_there(sample):
    turned = {row["code"]: row for row in sample["premises"] if row["live_from"] or row["gone_on"]}
    reasons = Counter(row["gone_reason"] for row in turned.values())
    assert reasons == {"demolished": 2, "merged": 1, "withdrawn": 1, None: 1}
    [merged] = [row for row in turned.values() if row["merged_into"]]
    [host] = [row for row in sample["premises"] if row["code"] == merged["merged_into"]]
    assert merged["street"] == host["street"]
    assert merged["floor_area_m2"] < host["floor_area_m2"]
    for seen in sample["vacancy"]:
        row = turned.get(seen["premises"])
        assert row is None or there_on(row, date.fromisoformat(seen["observed_on"])), seen
    assert not {row["premises"] for row in sample["offers"]} & set(turned)


def test_some_premises_were_used_for_a_month_between_two_vacancies(sample):
    told = defaultdict(list)
    for seen in sample["vacancy"]:
        told[seen["premises"], seen["source"]].append((seen["observed_on"], seen["state"]))
    short = set()
    for (code, _source), words in told.items():
        for before, use, after in zip(*(sorted(words)[n:] for n in range(3)), strict=False):
            days = (date.fromisoformat(after[0]) - date.fromisoformat(use[0])).days
            if (before[1], use[1], after[1]) == ("vacant", "occupied", "vacant") and days <= 40:
                short.add(code)
    assert len(short) >= 2


def test_figures_to_compare_with_say_which_of_ours_is_meant(sample):
    rows = [row for row in sample["indicators"] if row["measure"]]
    values = {(row["area"], row["year"], row["measure"]): float(row["value"]) for row in rows}
    assert values["GM0106", "2019", "vacant_units_share"] == 0.2
    stock, used = (float(by_code(sample["indicators"])[f"centre-floor-{name}"]["value"])
                   for name in ("stock", "used"))  # fmt: skip
    assert values["GM0106", "2021", "vacant_floor_share"] == pytest.approx((stock - used) / stock)
    assert all(row["unit"] == "share" and row["definition"] for row in rows)
    floor = sorted(float(row["value"]) for row in rows if row["area"] == "GM0014"
                   and row["measure"] == "vacant_floor_share")  # fmt: skip
    assert floor == [0.051, 0.089]


def test_offers_are_open_ended_or_missing(sample):
    open_today = [row for row in sample["offers"] if not row["until"]]
    assert 50 <= len(open_today) <= 75
    assert {row["offer_kind"] for row in open_today} == {"let", "sale"}
    assert any(row["until"] for row in sample["offers"])
    assert all((row["plot"] is None) != (row["premises"] is None) for row in sample["offers"])


def test_premises_are_about_four_hundred_with_addresses_marked(sample):
    assert 380 <= len(sample["premises"]) <= 430
    assert all(row["address"].endswith("(illustratief)") for row in sample["premises"])
    parks = by_code(sample["business_parks"])
    for row in sample["premises"]:
        if row["park"]:
            assert parks[row["park"]]["shape"].contains(row["shape"]), row["code"]


def test_commuters_come_to_the_published_totals(sample):
    jobs = {(row["home_code"], row["work_code"]): int(row["jobs"])
            for row in sample["commuter_flows"]}  # fmt: skip
    inside = jobs.pop(("GM0106", "GM0106"))
    assert sum(n for (_home, work), n in jobs.items() if work == "GM0106") == 17_065
    assert sum(n for (home, _work), n in jobs.items() if home == "GM0106") == 10_476
    assert inside == 11_230
    other = [row for row in sample["commuter_flows"]
             if "OTHER" in (row["home_code"], row["work_code"])]  # fmt: skip
    assert {row["source_code"] for row in other} == {"cbs-pendel-2016-derived"}


def test_reference_points_are_those_that_are_asked_for(sample):
    kinds = Counter(row["kind"] for row in sample["reference_points"])
    assert kinds == {"motorway_exit": 4, "station": 1, "centre": 1}
    assert all(row["position_accuracy_m"] for row in sample["reference_points"])


def test_base_map_has_every_part_by_which_assen_is_known(sample):
    names = {row["name"] for row in sample["base_map"]}
    assert {"A28", "N33", "N371", "Noord-Willemskanaal", "Drentse Hoofdvaart", "Asserbos"} <= names
    assert {row["kind"] for row in sample["base_map"]} == {
        "motorway", "main_road", "street", "railway", "water", "green", "built_up",
    }  # fmt: skip
    [wood] = [row["shape"] for row in sample["base_map"] if row["code"] == "green-asserbos"]
    assert wood.area / 10_000 == pytest.approx(114, abs=0.1)


def test_figures_of_the_policy_document_carry_their_ambiguity(sample):
    rows = by_code(sample["indicators"])
    values = {code: float(row["value"]) for code, row in rows.items()}
    assert (values["commuters-in"], values["commuters-out"]) == (23_800, 15_800)
    shares = [value for code, value in values.items() if code.startswith("sector-share-")]
    assert sum(shares) == pytest.approx(1)
    assert len([code for code in rows if code.startswith("sdg-")]) == 16
    for code in ("commuters-in", "jobs-per-1000-assen", "sector-share-care", "sdg-01-assen"):
        assert rows[code]["ambiguity"], code


def test_visit_counts_keep_sources_that_disagree(sample):
    totals = defaultdict(set)
    for row in sample["visit_counts"]:
        if row["part"] is None:
            totals[row["attraction"], row["year"]].add(int(row["visitors"]))
    assert totals["tt-circuit", "2025"] == {200_104}
    assert totals["tt-circuit", "2011"] == {131_000}
    # bounds are no totals: nobody counted them
    assert {(row["year"], int(row["visitors"])) for row in sample["visit_counts"]
            if row["part"] == "at_most"} == {("2011", 100_000), ("2021", 11_500)}  # fmt: skip
    assert ("tt-circuit", "2021") not in totals
    assert len(totals["drents-museum", "2020"]) == 2


def test_requirements_can_be_read_and_name_what_exists(sample):
    paths = sorted((FOLDER / "requirements").glob("*.toml"))
    read_all = [Requirement.load(path) for path in paths]
    assert len(read_all) == 10
    assert len({one.code for one in read_all}) == 10
    parties = {row["code"] for row in sample["parties"]}
    premises = {row["code"] for row in sample["premises"]}
    for one in read_all:
        assert one.party in parties
        if one.kind == "relocate":
            assert one.present_site.removeprefix("premises:") in premises


def test_sources_are_all_explained(sample):
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    missing = [row["code"] for row in sample["sources"] if f"`{row['code']}`" not in text]
    assert missing == []
    assert re.search(r"^## .*find again", text, re.MULTILINE)


def test_drawing_again_gives_the_same_bytes(tmp_path):
    draw(tmp_path)
    names = sorted((*DRAWN, *BESIDE))
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
