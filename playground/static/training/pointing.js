// What one points at: a neuron or a connection under the pointer, the neuron that was picked, a place of the plane.

import { short } from "./colours.js";

export class Pointing {
  /** @param tab the tab: its picture, config, inspector, ask and redraw */
  constructor(tab) {
    this.tab = tab;
    this.hovered = this.hoveredEdge = this.picked = null;
  }

  /** Nothing is picked any more. */
  leave() {
    this.picked = null;
    this.tab.inspector.hint();
  }

  /** Tell anew of what is pointed at, after another picture. */
  again() {
    const place = this.hovered ?? this.picked;
    if (place && !this.hoveredEdge) this.inspect(place);
  }

  hover(place) {
    this.hovered = place;
    this.hoveredEdge = null;
    if (!place && !this.picked) this.tab.inspector.hint();
    this.tab.redraw();
  }

  hoverEdge(edge) {
    this.hoveredEdge = edge;
    if (edge && !this.picked) this.tab.inspector.edge(this.tab.picture, edge);
    else if (!edge) this.hover(null);
  }

  pick(place, focus) {
    if (place.column === 0) return;
    this.picked = place;
    this.hoveredEdge = null;
    this.inspect(place, focus ?? true);
    this.tab.redraw();
  }

  inspect(place, focus) {
    const { column, i } = place;
    if (column > this.tab.picture.layers.length || (column > 0 && i >= this.tab.picture.layers[column - 1])) { this.picked = null; return; }
    const picked = this.picked && this.picked.column === column && this.picked.i === i;
    if (this.picked && !picked && document.activeElement?.closest?.(".inspector")) return;
    this.tab.inspector.neuron(this.tab.picture, column, i, {
      activation: column === 0 ? "" : (this.tab.config.hidden[column - 1]?.activation ?? "linear"),
      picked, focus, state: column === 0 ? "" : this.tab.picture.states[column - 1][i],
    });
  }

  askAt(x, y) {
    this.probeAt = [x, y];
    if (this.probing || this.tab.playing.on) return;
    this.probing = true;
    this.tab.ask("probe", { x, y }, true).then((found) => {
      this.probing = false;
      if (!found) return;
      const { kind, loss } = this.tab.picture;
      const [first] = found.prediction;
      const said = kind === "three" ? found.prediction.map((p, i) => `${["orange", "blue", "green"][i]} ${short(p)}`).join(", ")
        : loss.startsWith("binary") ? `probability of blue ${short(first)}` : `output ${short(first)}`;
      this.tab.probe.textContent = kind === "curve" ? `x ${short(x)}: ${said}` : `x ${short(x)}, y ${short(y)}: ${said}`;
    });
  }
}
