// What to try first: whole configurations, each with a question that the picture answers.

const layers = (count, neurons, activation) => Array.from({ length: count }, () => ({ neurons, activation, dropout: 0 }));

export const PRESETS = [
  {
    name: "Draw XOR yourself",
    text: "Blue in two opposite corners, orange in the others. Then press play.",
    config: { data: "points", kind: "binary", points: [], hidden: layers(1, 4, "tanh"), optimizer: "Adam", settings: { lr: 0.03 }, ratio: 1 },
    show: {},
  },
  {
    name: "Why does this deep network not learn?",
    text: "Six layers of sigmoid. Watch the gradient below the network on its way back to the first layer.",
    config: { data: "circle", hidden: layers(6, 4, "sigmoid"), settings: { lr: 0.3 } },
    show: { gradients: true },
    play: true,
  },
  {
    name: "Spiral",
    text: "Two arms, two layers of eight.",
    config: { data: "spiral", hidden: layers(2, 8, "tanh"), features: ["x", "y"], optimizer: "Adam", settings: { lr: 0.02 }, count: 400 },
    show: {},
    play: true,
  },
  {
    name: "Three classes",
    text: "Three outputs and their softmax.",
    config: { data: "three_arms", hidden: layers(2, 6, "tanh"), optimizer: "Adam", settings: { lr: 0.02 }, count: 300 },
    show: {},
    play: true,
  },
  {
    name: "Fit a curve",
    text: "Each relu bends the line once.",
    config: { data: "sine", hidden: layers(1, 8, "relu"), features: ["x"], optimizer: "Adam", settings: { lr: 0.02 } },
    show: {},
    play: true,
  },
  {
    name: "Dead units",
    text: "Relu with steps that are far too large: units die and stay dead.",
    config: { data: "circle", hidden: layers(2, 6, "relu"), settings: { lr: 3 } },
    show: {},
    play: true,
  },
];
