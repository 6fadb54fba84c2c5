"""Use cases: one function each, called by page, command, export and library alike.

In: an opened :class:`Store` and plain arguments. Out: frames, rankings, reports. No
function here knows a screen, and no caller of these computes a figure of its own.
"""

from geo_assen.ingest import TREATMENT, Mapping
from geo_assen.services.commuting import (
    FLOW_SHOWS,
    LATEST_DIVISION_YEAR,
    CommutingReport,
    FlowShow,
    commuter_years,
    commuting_report,
    flow_rows,
    partner_jobs,
    strongest,
)
from geo_assen.services.commuting_model import ModelledFlows, modelled_flows
from geo_assen.services.connectors import (
    address_at,
    area_layers,
    bag_premises,
    cbs_area_figures,
    cbs_commuter_flows,
    cbs_indicators,
    geocode_addresses,
    municipality_outline,
    place_of,
    suggest_addresses,
)
from geo_assen.services.copying import CopyReport, copy_store
from geo_assen.services.drawn_area import MOST_CORNERS, drawn_area, polygon_file
from geo_assen.services.export import export_layer
from geo_assen.services.fetching import PlacedRows, import_fetched, place_by_address
from geo_assen.services.files import is_of_store, plain_name
from geo_assen.services.fitting import Fit, requirements_fitting
from geo_assen.services.forecast import HORIZONS, ForecastReport, forecast_report
from geo_assen.services.ibis import IbisReport, ibis_file, ibis_rows, import_ibis
from geo_assen.services.imports import (
    ImportRecord,
    Undone,
    import_record,
    imports,
    undo_import,
)
from geo_assen.services.ingest import (
    ImportOptions,
    ImportReport,
    LayerProposal,
    import_file,
    propose_mapping,
    refused_document,
)
from geo_assen.services.ladder import ladder_dossier, ladder_file
from geo_assen.services.land_entry import (
    ENTRY_KINDS,
    EntryEffect,
    LandEntry,
    entry_effect,
    record_event,
)
from geo_assen.services.layers import layer_feature, layer_rows, rd_box
from geo_assen.services.leisure import (
    SHARE_CLASSES_OF_VISITS,
    LeisureReport,
    leisure_report,
)
from geo_assen.services.matching import (
    match_each,
    match_sites,
    ranking_geojson,
    requirement_like,
    usual_ranges,
)
from geo_assen.services.monitor import MonitorReport, monitor_report, monitor_rows
from geo_assen.services.plot_lineage import Neighbour, Succession, neighbours, succession
from geo_assen.services.quarantine import (
    MendRule,
    QuarantinedRow,
    mend_by_rule,
    mend_row,
    quarantined_rows,
    resend,
)
from geo_assen.services.quarantine_overview import (
    FaultGroup,
    QuarantineEntry,
    QuarantineOverview,
    quarantine_overview,
)
from geo_assen.services.ranking_files import ranking_file, ranking_table
from geo_assen.services.raster_contours import raster_contours
from geo_assen.services.raster_folder import RasterState
from geo_assen.services.raster_tiles import (
    is_public_raster,
    raster_file,
    raster_layers,
    raster_tag,
    raster_tile,
)
from geo_assen.services.reach import (
    REACH_MINUTES,
    ReachReport,
    has_reach_files,
    labour_reach,
    transit_reach,
    write_reach,
)
from geo_assen.services.recording import LayerReport
from geo_assen.services.releases import Released, released_site
from geo_assen.services.requirements import (
    CLOSED_STAGES,
    RegisterRow,
    RequirementChange,
    RequirementChanged,
    RequirementRecord,
    add_requirement,
    load_requirement,
    open_entries,
    open_requirements,
    requirement_fault,
    requirement_list,
    requirement_record,
    requirement_register,
    stored_requirement,
    update_requirement,
)
from geo_assen.services.robustness import robustness_of
from geo_assen.services.search import Hit, search
from geo_assen.services.session import today
from geo_assen.services.site_detail import SiteDetail, TimelineEntry, site_detail
from geo_assen.services.site_index import areas_at, sites_named
from geo_assen.services.sites import SiteFilter, list_sites, sites_at
from geo_assen.services.splitting import (
    NewPlot,
    PlotChange,
    SplitAsked,
    merge_plan,
    merge_plots,
    split_plan,
    split_plot,
)
from geo_assen.services.staff_entry import EntryRefused
from geo_assen.services.store import SAMPLE_FILES, Store, check, init_store, open_store, readiness
from geo_assen.services.uptake import (
    STOCKS,
    WINDOWS,
    UptakeReport,
    ending_promises,
    uptake_report,
)
from geo_assen.services.users import User, add_user, authenticate
from geo_assen.services.vacancy import VacancyFilter, units_at
from geo_assen.services.vacancy_entry import (
    FollowUpEntry,
    ObservationEffect,
    ObservationEntry,
    observation_effect,
    record_follow_up,
    record_observation,
)
from geo_assen.services.vacancy_report import (
    SHARE_CLASSES,
    VACANCY_BY,
    VacancyBy,
    VacancyReport,
    YearMoment,
    area_outlines,
    observed_days,
    vacancy_report,
)
from geo_assen.services.vacancy_review import (
    ChangeReport,
    PremisesVacancy,
    hotspots_at,
    premises_vacancy,
    vacancy_change_report,
    vacancy_worklist,
)

__all__ = [
    "CLOSED_STAGES",
    "ENTRY_KINDS",
    "FLOW_SHOWS",
    "HORIZONS",
    "LATEST_DIVISION_YEAR",
    "MOST_CORNERS",
    "REACH_MINUTES",
    "SAMPLE_FILES",
    "SHARE_CLASSES",
    "SHARE_CLASSES_OF_VISITS",
    "STOCKS",
    "TREATMENT",
    "VACANCY_BY",
    "WINDOWS",
    "ChangeReport",
    "CommutingReport",
    "CopyReport",
    "EntryEffect",
    "EntryRefused",
    "FaultGroup",
    "Fit",
    "FlowShow",
    "FollowUpEntry",
    "ForecastReport",
    "Hit",
    "IbisReport",
    "ImportOptions",
    "ImportRecord",
    "ImportReport",
    "LandEntry",
    "LayerProposal",
    "LayerReport",
    "LeisureReport",
    "Mapping",
    "MendRule",
    "ModelledFlows",
    "MonitorReport",
    "Neighbour",
    "NewPlot",
    "ObservationEffect",
    "ObservationEntry",
    "PlacedRows",
    "PlotChange",
    "PremisesVacancy",
    "QuarantineEntry",
    "QuarantineOverview",
    "QuarantinedRow",
    "RasterState",
    "ReachReport",
    "RegisterRow",
    "Released",
    "RequirementChange",
    "RequirementChanged",
    "RequirementRecord",
    "SiteDetail",
    "SiteFilter",
    "SplitAsked",
    "Store",
    "Succession",
    "TimelineEntry",
    "Undone",
    "UptakeReport",
    "User",
    "VacancyBy",
    "VacancyFilter",
    "VacancyReport",
    "YearMoment",
    "add_requirement",
    "add_user",
    "address_at",
    "area_layers",
    "area_outlines",
    "areas_at",
    "authenticate",
    "bag_premises",
    "cbs_area_figures",
    "cbs_commuter_flows",
    "cbs_indicators",
    "check",
    "commuter_years",
    "commuting_report",
    "copy_store",
    "drawn_area",
    "ending_promises",
    "entry_effect",
    "export_layer",
    "flow_rows",
    "forecast_report",
    "geocode_addresses",
    "has_reach_files",
    "hotspots_at",
    "ibis_file",
    "ibis_rows",
    "import_fetched",
    "import_file",
    "import_ibis",
    "import_record",
    "imports",
    "init_store",
    "is_of_store",
    "is_public_raster",
    "labour_reach",
    "ladder_dossier",
    "ladder_file",
    "layer_feature",
    "layer_rows",
    "leisure_report",
    "list_sites",
    "load_requirement",
    "match_each",
    "match_sites",
    "mend_by_rule",
    "mend_row",
    "merge_plan",
    "merge_plots",
    "modelled_flows",
    "monitor_report",
    "monitor_rows",
    "municipality_outline",
    "neighbours",
    "observation_effect",
    "observed_days",
    "open_entries",
    "open_requirements",
    "open_store",
    "partner_jobs",
    "place_by_address",
    "place_of",
    "plain_name",
    "polygon_file",
    "premises_vacancy",
    "propose_mapping",
    "quarantine_overview",
    "quarantined_rows",
    "ranking_file",
    "ranking_geojson",
    "ranking_table",
    "raster_contours",
    "raster_file",
    "raster_layers",
    "raster_tag",
    "raster_tile",
    "rd_box",
    "readiness",
    "record_event",
    "record_follow_up",
    "record_observation",
    "refused_document",
    "released_site",
    "requirement_fault",
    "requirement_like",
    "requirement_list",
    "requirement_record",
    "requirement_register",
    "requirements_fitting",
    "resend",
    "robustness_of",
    "search",
    "site_detail",
    "sites_at",
    "sites_named",
    "split_plan",
    "split_plot",
    "stored_requirement",
    "strongest",
    "succession",
    "suggest_addresses",
    "today",
    "transit_reach",
    "undo_import",
    "units_at",
    "update_requirement",
    "uptake_report",
    "usual_ranges",
    "vacancy_change_report",
    "vacancy_report",
    "vacancy_worklist",
    "write_reach",
]
