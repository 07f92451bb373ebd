// What is said of a picture in texts: epoch and step, losses and accuracies, the confusion matrix, the legend.

import { short } from "./colours.js";
import { make } from "./dom.js";
import { nameOf, rowOf } from "./inspector.js";

export class Readout {
  constructor() {
    this.status = make("p", { class: "status" });
    this.stopped = make("p", { class: "stopped", role: "status" });
    this.numbers = make("dl", { class: "numbers" });
    this.confusion = make("div", { class: "confusion", "data-control": "Confusion matrix" });
    this.legend = make("div", { class: "legend" });
  }

  /** The epoch and the step, which move with every picture. */
  count({ epoch, step }) {
    set(this.status, `Epoch ${grouped(epoch)} · step ${grouped(step)}`);
  }

  /** Say what a picture says; `shown` is the neuron that is enlarged, `test` whether test data are shown. */
  draw(picture, shown, test) {
    set(this.stopped, picture.stopped);
    const percent = (x) => (x === null ? "–" : `${(100 * x).toFixed(1)} %`);
    const rows = [["train loss", short(picture.train_loss)], ["test loss", short(picture.test_loss)]];
    if (picture.kind === "binary" || picture.kind === "three") rows.push(["train accuracy", percent(picture.train_accuracy)], ["test accuracy", percent(picture.test_accuracy)]);
    const text = rows.flat().join();
    if (this.numbers.dataset.text !== text) {
      this.numbers.dataset.text = text;
      this.numbers.replaceChildren(...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
    }
    this.#confusionTable(picture);
    this.#legendOf(picture, shown, test);
  }

  #confusionTable(picture) {
    const key = JSON.stringify(picture.confusion);
    if (key === this.confusion.dataset.key) return;
    this.confusion.dataset.key = key;
    if (!picture.confusion) return this.confusion.replaceChildren();
    const names = picture.kind === "three" ? ["■ orange", "● blue", "▲ green"] : ["■ orange", "● blue"];
    const { of, counts } = picture.confusion;
    this.confusion.replaceChildren(make("table", {}, make("caption", {}, `Confusion matrix of the ${of} data`),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "is \\ predicted"), names.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, counts.map((row, i) => make("tr", {}, make("th", { scope: "row" }, names[i]), row.map((n, j) => make("td", { class: i === j ? "right" : n ? "wrong" : "" }, String(n))))))));
  }

  #legendOf(picture, shown, test) {
    const scale = shown && picture.arrays.scales ? picture.arrays.scales[rowOf(picture, shown.column, shown.i)] : 1;
    const key = [picture.kind, picture.loss, shown ? `${shown.column}.${shown.i}.${short(scale)}` : "", test].join();
    if (key === this.legend.dataset.key) return;
    this.legend.dataset.key = key;
    const mark = (which, text, test = "") => make("span", { class: `mark m${which} ${test}` }, make("i", {}, which === 0 ? "■" : which === 1 ? "●" : "▲"), text);
    const parts = [];
    if (picture.kind === "curve") parts.push(make("span", { class: "key out" }, make("i", {}), shown ? nameOf(picture, shown.column, shown.i) : "output"), make("span", { class: "key thin" }, make("i", {}), "last hidden layer"), make("span", { class: "mark m0" }, make("i", {}, "●"), "data"));
    else if (picture.kind === "three" && !shown) parts.push(mark(0, "orange"), mark(1, "blue"), mark(2, "green"), make("span", {}, "paler: less certain"));
    else {
      const [low, high] = shown ? [short(-scale), short(scale)]
        : picture.loss.startsWith("binary") ? ["0", "1"] : ["−1", "1"];
      parts.push(make("span", { class: "ramp" }, make("b", {}, low), make("span", { class: "gradient" }), make("b", {}, high)), make("small", {}, shown ? nameOf(picture, shown.column, shown.i) : picture.loss.startsWith("binary") ? "probability of blue" : "output"));
    }
    if (test) parts.push(make("span", {}, "dark outline: test data"));
    this.legend.replaceChildren(...parts);
  }
}

/** An integer in groups of three digits; faster than toLocaleString. */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
