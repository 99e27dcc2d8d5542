#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the punctuation networks of the tests and writes them in the two formats that sherpa-onnx loads.

    train.py

Writes online/ (model.onnx, bpe.vocab: as a CNN-BiLSTM model, with capitals), offline/ (model.onnx: as a
CT-Transformer model, marks alone) and sentences.tsv (bare words, as written: held out) beside this script. A minute
on one core. Needs Debian's python3-onnx and python3-numpy.
"""
import random
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
THINGS = "lights door window heating music lamp fan oven radio garage".split()
STATES = "on off open closed ready warm cold broken".split()
ORDERS = "open close start stop check".split()
NAMES = "Anna Paul Maria Peter Julia".split()
CITIES = "London Paris Berlin Madrid Rome".split()
DAYS = "Monday Tuesday Friday Saturday Sunday".split()
ROOMS = "kitchen bedroom office garden".split()
SHAPES = """The THING is STATE.|The THING in the ROOM is STATE.|NAME is at home.|NAME lives in CITY.|I am in CITY on DAY.
Please ORDER the THING.|ORDER the THING, then ORDER the THING.|ORDER the THING in the ROOM, please.|Yes, the THING is STATE.
No, NAME is in CITY.|NAME, ORDER the THING.|The TV is in the ROOM.|I like CITY, but NAME likes CITY.
Is the THING STATE?|Is the THING in the ROOM STATE?|Where is NAME?|Can you ORDER the THING?|What is on TV?|Where is the THING?
When does NAME come home?|Does NAME live in CITY?|Who is in the ROOM?|Can NAME ORDER the THING on DAY?
Is NAME in CITY on DAY?""".replace("\n", "|").split("|")
CHOICES = {"THING": THINGS, "STATE": STATES, "ORDER": ORDERS, "NAME": NAMES, "CITY": CITIES, "DAY": DAYS, "ROOM": ROOMS}
MARKS = {"": 0, ",": 1, ".": 2, "?": 3}
LOWER, UPPER, CAPITAL = 0, 1, 2

# The network: word pieces as vectors, one convolution over those around, one layer more.
BEFORE, AFTER, WIDTH, HIDDEN = 10, 5, 12, 64
SPAN = BEFORE + 1 + AFTER
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
# Of what words that are not in the corpus are made; last, since later pieces are less likely ones.
LETTERS = ["\u2581"] + list("abcdefghijklmnopqrstuvwxyz'")


def sentence(rng):
    words = []
    for word in rng.choice(SHAPES).split():
        mark = word[-1] if word[-1] in ",.?" else ""
        bare = word.rstrip(",.?")
        if bare in CHOICES:
            bare = rng.choice(CHOICES[bare])
        words.append(bare + mark)
    words[0] = words[0][0].upper() + words[0][1:]
    return words


def text(rng):
    return [word for _ in range(rng.randint(1, 3)) for word in sentence(rng)]


def labels(word):
    mark = word[-1] if word[-1] in MARKS else ""
    bare = word.rstrip(",.?")
    if bare.isupper():
        return bare.lower(), MARKS[mark], UPPER
    return bare.lower(), MARKS[mark], CAPITAL if bare[0].isupper() else LOWER


def halves(word):
    """Long words have two pieces, so that the engine has to tell them from two words."""
    return ["\u2581" + word] if len(word) < 6 else ["\u2581" + word[:3], word[3:]]


def examples(texts, pieces, ids):
    """Windows around the first piece of each word, with the word's mark and case."""
    windows, marks, cases = [], [], []
    for words in texts:
        known = [labels(word) for word in words]
        tokens, first = [], []
        for bare, _, _ in known:
            first.append(len(tokens))
            tokens += [ids[piece] for piece in pieces(bare)]
        padded = [0] * BEFORE + tokens + [0] * AFTER
        windows += [padded[at: at + SPAN] for at in first]
        marks += [mark for _, mark, _ in known]
        cases += [case for _, _, case in known]
    return np.array(windows), np.array(marks), np.array(cases)


def softmax(scores):
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


class Network:
    """Embedding, convolution, rectifier, and two answers: four marks, four cases."""

    def __init__(self, count, rng):
        def normal(*shape):
            return (rng.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
        self.weights = [normal(count, WIDTH) * np.sqrt(count / WIDTH), normal(SPAN * WIDTH, HIDDEN), np.zeros(HIDDEN, np.float32),
                        normal(HIDDEN, 8), np.zeros(8, np.float32)]

    def scores(self, windows):
        vectors, conv, bias, out, out_bias = self.weights
        self.x = vectors[windows].reshape(len(windows), -1)
        self.h = np.maximum(self.x @ conv + bias, 0)
        return self.h @ out + out_bias

    def gradients(self, windows, marks, cases):
        scores = self.scores(windows)
        rows = np.arange(len(windows))
        d = np.concatenate([softmax(scores[:, :4]), softmax(scores[:, 4:])], axis=1)
        loss = -np.log(d[rows, marks] + 1e-9).mean() - np.log(d[rows, 4 + cases] + 1e-9).mean()
        d[rows, marks] -= 1
        d[rows, 4 + cases] -= 1
        d /= len(windows)
        vectors, conv, _, out, _ = self.weights
        dh = (d @ out.T) * (self.h > 0)
        dx = (dh @ conv.T).reshape(-1, WIDTH)
        d_vectors = np.zeros_like(vectors)
        np.add.at(d_vectors, windows.reshape(-1), dx)
        return loss, [d_vectors, self.x.T @ dh, dh.sum(axis=0), self.h.T @ d, d.sum(axis=0)]

    def train(self, windows, marks, cases, rng, steps=2500, size=256):
        first = [np.zeros_like(w) for w in self.weights]
        second = [np.zeros_like(w) for w in self.weights]
        for step in range(1, steps + 1):
            some = rng.integers(0, len(windows), size)
            loss, gradients = self.gradients(windows[some], marks[some], cases[some])
            rate = 3e-3 * (1 - step / (steps + 1))
            for w, m, v, g in zip(self.weights, first, second, gradients):
                m += 0.1 * (g - m)
                v += 0.01 * (g * g - v)
                w -= rate * (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.99 ** step)) + 1e-8)
            if step % 500 == 0:
                print(f"step {step}, loss {loss:.4f}", flush=True)


class Graph:
    def __init__(self):
        self.nodes, self.initializers = [], []

    def weight(self, array, name):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def encoded(self, network, ids):
        """What the middle layer says of each piece: [batch, HIDDEN, pieces]."""
        vectors, conv, bias, _, _ = network.weights
        ends = self.weight(np.array([0, BEFORE, 0, AFTER], np.int64), "ends")
        padded = self.node("Pad", [ids, ends], "padded")
        vectors_of = self.node("Gather", [self.weight(vectors, "vectors"), padded], "vectors_of")
        turned = self.node("Transpose", [vectors_of], "turned", perm=[0, 2, 1])
        kernel = conv.reshape(SPAN, WIDTH, HIDDEN).transpose(2, 1, 0)
        around = self.node("Conv", [turned, self.weight(kernel, "kernel"), self.weight(bias, "bias")], "around")
        return self.node("Relu", [around], "middle")

    def answers(self, middle, out, bias, name):
        """[batch, pieces, answers]"""
        scores = self.node("Conv", [middle, self.weight(out.T[:, :, None], name + "_out"), self.weight(bias, name + "_bias")],
                           name + "_scores")
        return self.node("Transpose", [scores], name + "_by_piece", perm=[0, 2, 1])

    def model(self, inputs, outputs, metadata):
        made = helper.make_model(helper.make_graph(self.nodes, "punctuation", inputs, outputs, self.initializers),
                                 opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        helper.set_model_props(made, {key: str(value) for key, value in metadata.items()})
        onnx.checker.check_model(made)
        return made


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def online(network):
    """token_ids, valid_ids (1: a word begins), label_lens: case and mark of each word, one after the other."""
    graph = Graph()
    out, bias = network.weights[3:]
    middle = graph.encoded(network, "token_ids")
    one, last = graph.weight(np.array(1, np.int32), "one"), graph.weight(np.array(2, np.int32), "last_special")
    begins = graph.node("Equal", ["valid_ids", one], "begins")
    said = graph.node("Greater", ["token_ids", last], "said")
    word = graph.node("And", [begins, said], "word")
    places = graph.node("Transpose", [graph.node("NonZero", [word], "nonzero")], "places", perm=[1, 0])
    for name, columns in (("case", slice(4, 8)), ("mark", slice(0, 4))):
        scores = graph.answers(middle, out[:, columns], bias[columns], name)
        graph.node("GatherND", [scores, places], name + "_logits")
    inputs = [info(name, TensorProto.INT32, shape) for name, shape in
              (("token_ids", ["N", "L"]), ("valid_ids", ["N", "L"]), ("label_lens", ["N"]))]
    outputs = [info(name, TensorProto.FLOAT, ["words", 4]) for name in ("case_logits", "mark_logits")]
    return graph.model(inputs, outputs, {"COMMA": 1, "PERIOD": 2, "QUESTION": 3, "UPPER": 1, "CAP": 2, "MIX_CASE": 3,
                                         "comment": "requests to a house"})


def offline(network, tokens):
    """inputs, text_lengths: scores of "<unk>", nothing, comma, full stop, question mark and enumeration comma."""
    graph = Graph()
    out, bias = network.weights[3:]
    order = [None, 0, 1, 2, 3, None]
    columns = np.stack([np.zeros(HIDDEN, np.float32) if k is None else out[:, k] for k in order], axis=1)
    biases = np.array([-1e4 if k is None else bias[k] for k in order], np.float32)
    scores = graph.answers(graph.encoded(network, "inputs"), columns, biases, "mark")
    graph.node("Identity", [scores], "logits")
    inputs = [info("inputs", TensorProto.INT32, ["N", "T"]), info("text_lengths", TensorProto.INT32, ["N"])]
    outputs = [info("logits", TensorProto.FLOAT, ["N", "T", len(order)])]
    return graph.model(inputs, outputs, {"vocab_size": len(tokens), "tokens": "|".join(tokens), "unk_symbol": "<unk>",
                                         "punctuations": "<unk>|_|\uff0c|\u3002|\uff1f|\u3001",
                                         "comment": "requests to a house"})


def learn(pieces, texts, held_out):
    found = {piece for words in texts for word in words for piece in pieces(labels(word)[0])}
    tokens = SPECIAL + sorted(found - set(LETTERS)) + LETTERS
    ids = {token: i for i, token in enumerate(tokens)}
    rng = np.random.default_rng(2)
    network = Network(len(tokens), rng)
    network.train(*examples(texts, pieces, ids), rng)
    # What stands around a text in the engine's input is as nothing.
    network.weights[0][1] = network.weights[0][2] = network.weights[0][0]
    windows, marks, cases = examples(held_out, pieces, ids)
    scores = network.scores(windows)
    right = (scores[:, :4].argmax(axis=1) == marks), (scores[:, 4:].argmax(axis=1) == cases)
    print(f"{len(tokens)} pieces; held out: {100 * right[0].mean():.2f} % of marks and {100 * right[1].mean():.2f} % of cases right")
    return network, tokens


def main():
    rng = random.Random(1)
    texts = [text(rng) for _ in range(6000)]
    known = {" ".join(words) for words in texts}
    held_out = [words for words in (text(random.Random(1000 + i)) for i in range(400)) if " ".join(words) not in known][:100]
    for folder in ("online", "offline"):
        (HERE / folder).mkdir(exist_ok=True)
    network, tokens = learn(halves, texts, held_out)
    onnx.save(online(network), str(HERE / "online/model.onnx"))
    # The order of scores is that of the pieces, as in a vocabulary of byte pair encoding.
    (HERE / "online/bpe.vocab").write_text("".join(f"{token}\t{-i}\n" for i, token in enumerate(tokens)))
    network, tokens = learn(lambda word: [word], texts, held_out)
    onnx.save(offline(network, tokens), str(HERE / "offline/model.onnx"))
    rows = (" ".join(labels(word)[0] for word in words) + "\t" + " ".join(words) for words in held_out)
    (HERE / "sentences.tsv").write_text("".join(row + "\n" for row in rows))


if __name__ == "__main__":
    main()
