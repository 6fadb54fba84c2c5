/** A surface of the map: tiles below all layers, which hold nothing to point at. */

export class RasterView {
  /**
   * @param {import("./board.js").Board} board
   * @param {Object} config see webapp/maps/view.py, MapRaster
   * @param {number} index place among the layers, from bottom to top
   */
  constructor(board, config, index) {
    this.board = board;
    this.config = config;
    this.on = config.on;
    this.isSurface = true;
    this.items = new Map();
    this.visible = [];
    this.answer = null;
    this.loading = null;
    this.isNamed = false;
    this.isCut = false;
    this.total = 0;
    const pane = board.map.createPane(`layer-${config.id}`);
    pane.style.zIndex = 260 + index;
    pane.style.pointerEvents = "none";
    this.tiles = L.tileLayer(config.url, {
      pane: `layer-${config.id}`, minZoom: config.min_zoom, maxZoom: config.max_zoom,
    });
    this.tiles.on("loading", () => this.tell(true, "loading"));
    this.tiles.on("load", () => this.tell(false, "data"));
  }

  tell(isLoading, name) {
    this.loading = isLoading ? this.tiles : null;
    this.board.emit(name, { view: this });
  }

  /** Whether the surface draws at the zoom of the view. */
  get inRange() {
    const zoom = this.board.map.getZoom();
    return Math.ceil(zoom) >= this.config.min_zoom && Math.floor(zoom) <= this.config.max_zoom;
  }

  setOn(on) {
    this.on = on;
    this.refresh();
  }

  /** Draw or take away; which tiles the view needs is known to the map. */
  refresh() {
    const { map } = this.board;
    if (this.on && !map.hasLayer(this.tiles)) this.tiles.addTo(map);
    if (!this.on && map.hasLayer(this.tiles)) this.tiles.remove();
    if (!this.on || !this.inRange) this.tell(false, "data");
  }

  retry() {
    if (this.on) this.tiles.redraw();
  }

  /** Nothing of a surface can be lit. */
  light() {}
}
