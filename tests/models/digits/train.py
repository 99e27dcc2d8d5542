#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the digits-and-commands recogniser of the tests and writes it in two formats that sherpa-onnx loads.

    train.py PARLEY WORK [--minutes 15] [--resume]

PARLEY is a release binary, which speaks the corpus; WORK keeps the corpus between calls. --resume goes on
from the weights of offline/model.onnx. Minutes are those of the processor. Writes streaming/ and
offline/ (model.onnx, tokens.txt) and phrases.tsv (voice, phrase: held out) beside this script. Needs Debian's
python3-torch, python3-onnx and python3-numpy.
"""
import argparse
import random
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
WORDS = ("zero one two three four five six seven eight nine ten yes no stop go start play pause next back up down "
         "left right on off lights door open close volume timer cancel help repeat minutes").split()
DIGITS = WORDS[:10]
SPEAKERS = ["", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m8", "+f1", "+f2", "+f3", "+f5"]
VOICES = ["slt", "rms", "awb"] * 4 + [f"espeak:{language}{speaker}" for language in ("en-us", "en-gb")
                                      for speaker in SPEAKERS]

# The network: log-mel frames, four of them to a step, then blocks of causal convolutions.
MELS, STRIDE, FRONT, DIM, KERNEL, LAYERS = 80, 4, 8, 80, 9, 3
BLOCKS = 2 * LAYERS
CHUNK = 16  # frames that the streaming model takes at a time


def split(word):
    """The two tokens of a word, so that recognisers have something to join."""
    half = (len(word) + 1) // 2
    return ["\u2581" + word] if len(word) < 3 else ["\u2581" + word[:half], word[half:]]


TOKENS = ["<blk>"] + sorted({token for word in WORDS for token in split(word)})
IDS = {token: i for i, token in enumerate(TOKENS)}


def phrase(rng, digits):
    if rng.random() < digits:
        return [rng.choice(DIGITS) for _ in range(rng.randint(1, 7))]
    return [rng.choice(WORDS) for _ in range(rng.randint(1, 6))]


def corpus(parley, work, count, seed, digits=0.4, without=frozenset()):
    """Spoken phrases, a share of them digits alone: [(voice, words, samples at 16 kHz)]."""
    rng = random.Random(seed)
    folder = work / f"corpus-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    spoken = []
    while len(spoken) < count:
        words = phrase(rng, digits)
        voice, speed = rng.choice(VOICES), round(rng.uniform(0.8, 1.25), 2)
        if " ".join(words) in without:
            continue
        file = folder / f"{len(spoken)}.wav"
        if not file.exists():
            subprocess.run([parley, "say", " ".join(words), "--voice", voice, "--speed", str(speed), "--data",
                            str(work / "data"), "--out", str(file)], check=True, capture_output=True)
        spoken.append((voice, words, read_wav(file)))
    return spoken


def read_wav(file):
    with wave.open(str(file)) as wav:
        rate = wav.getframerate()
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).astype(np.float32) / 32768
    if rate == 16000:
        return samples
    # Band-limited enough for log-mel features: through the spectrum of the whole file.
    spectrum = np.fft.rfft(samples)
    length = int(round(len(samples) * 16000 / rate))
    return (np.fft.irfft(spectrum[: length // 2 + 1], length) * length / len(samples)).astype(np.float32)


def mel_banks():
    def mel(hertz):
        return 1127.0 * np.log(1.0 + hertz / 700.0)
    low, high = mel(20.0), mel(7600.0)
    step = (high - low) / (MELS + 1)
    frequencies = mel(np.arange(256) * 16000 / 512)
    banks = np.zeros((256, MELS), np.float32)
    for i in range(MELS):
        left, centre, right = low + i * step, low + (i + 1) * step, low + (i + 2) * step
        rise, fall = (frequencies - left) / (centre - left), (right - frequencies) / (right - centre)
        banks[:, i] = np.maximum(0, np.minimum(rise, fall))
    return banks


BANKS = mel_banks()
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85


def features(samples):
    """Log-mel energies as the engine computes them: 25 ms every 10 ms, centred, mirrored at the ends."""
    count = (len(samples) + 80) // 160
    padded = np.pad(samples, (120, 400), mode="symmetric")
    frames = np.stack([padded[160 * i: 160 * i + 400] for i in range(count)]).astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)
    frames[:, 1:] -= 0.97 * frames[:, :-1].copy()
    frames[:, 0] *= 0.03
    power = np.abs(np.fft.rfft(frames * WINDOW, 512)[:, :256]) ** 2
    return np.log(np.maximum(power @ BANKS, 1.1920929e-07)).astype(np.float32)


NOISE = np.random.default_rng(9)
# Noise of unit level, white and dull, as features: varied speech is made from features, which is much cheaper
# than from samples.
NOISES = [features(np.convolve(NOISE.standard_normal(16000 * 40), shape, mode="same").astype(np.float32))
          for shape in ([1.0], [0.5, 0.35, 0.25, 0.2], [0.6, -0.3])]


def varied(frames, rng):
    """The same speech elsewhere: level, silence around it, noise."""
    floor = np.log(1.1920929e-07)
    before, after = rng.randint(5, 60), rng.randint(50, 90)
    x = np.pad(frames + 2 * np.log(10) * rng.uniform(-0.9, 0.25), ((before, after), (0, 0)), constant_values=floor)
    if rng.random() < 0.75:
        noise = rng.choice(NOISES)
        start = rng.randint(0, len(noise) - len(x) - 1)
        x = np.logaddexp(x, noise[start: start + len(x)] + 2 * np.log(10) * rng.uniform(-4.5, -1.9))
    x = np.maximum(x, floor).astype(np.float32)
    if rng.random() < 0.15:  # a band is missing
        band = rng.randint(2, 12)
        first = rng.randint(0, MELS - band)
        x[:, first: first + band] = x[:, first: first + band].mean()
    return x


class Network(torch.nn.Module):
    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("scale", torch.tensor(1 / deviation))
        self.front = torch.nn.Sequential(torch.nn.Conv1d(MELS, DIM, FRONT, STRIDE), torch.nn.BatchNorm1d(DIM))
        self.depth = torch.nn.ModuleList(torch.nn.Sequential(
            torch.nn.Conv1d(DIM, DIM, KERNEL, groups=DIM), torch.nn.BatchNorm1d(DIM)) for _ in range(BLOCKS))
        self.point = torch.nn.ModuleList(torch.nn.Sequential(
            torch.nn.Conv1d(DIM, DIM, 1), torch.nn.BatchNorm1d(DIM)) for _ in range(BLOCKS))
        self.out = torch.nn.Conv1d(DIM, len(TOKENS), 1)

    def forward(self, x):  # (batch, frames, mels)
        y = ((x - self.mean) * self.scale).transpose(1, 2)
        y = torch.relu(self.front(torch.nn.functional.pad(y, (FRONT - STRIDE, 0))))
        for depth, point in zip(self.depth, self.point):
            z = torch.relu(depth(torch.nn.functional.pad(y, (KERNEL - 1, 0))))
            y = torch.relu(y + point(torch.nn.functional.dropout(z, 0.1, self.training)))
        return torch.log_softmax(self.out(y), 1)  # (batch, tokens, steps)


def folded(conv, norm):
    """Weight and bias of a convolution with its normalisation, rounded to what the file stores."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = conv.weight * scale[:, None, None]
    bias = (conv.bias - norm.running_mean) * scale + norm.bias
    return weight.detach().numpy(), bias.detach().numpy()


class Graph:
    """An ONNX graph, node by node. Weights are stored with 16 bits and computed with 32."""

    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def node(self, operator, inputs, output=None, **attributes):
        self.count += 1
        output = output or f"v{self.count}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def weight(self, values):
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, np.float16), name))
        return self.node("Cast", [name], to=TensorProto.FLOAT)

    def integers(self, *values):
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, np.int64), name))
        return name


def state_shapes():
    """The caches of a streaming Zipformer2 with LAYERS layers; of these the network uses the convolutions' and
    the one of the front."""
    shapes = []
    for _ in range(LAYERS):
        shapes += [[1, 1, 4], [1, 1, 1, 3 * DIM // 4], [1, 1, 4], [1, 1, 4], [1, DIM, KERNEL - 1], [1, DIM, KERNEL - 1]]
    return shapes + [[1, 128, 3, 19]]


def build(network, streaming):
    graph = Graph()
    shapes = state_shapes()
    states = [f"state_{i}" for i in range(len(shapes))]
    used = [6 * layer + 4 + k for layer in range(LAYERS) for k in range(2)]
    front_state = len(shapes) - 1
    context = FRONT - STRIDE

    y = graph.node("Sub", ["x", graph.weight(network.mean.numpy())])
    y = graph.node("Mul", [y, graph.weight(network.scale.numpy())])
    y = graph.node("Transpose", [y], perm=[0, 2, 1])
    if streaming:
        flat = graph.node("Reshape", [states[front_state], graph.integers(1, -1)])
        before = graph.node("Slice", [flat, graph.integers(0), graph.integers(MELS * context), graph.integers(1)])
        before = graph.node("Reshape", [before, graph.integers(1, MELS, context)])
        y = graph.node("Concat", [before, y], axis=2)
        last = graph.node("Slice", [y, graph.integers(-context), graph.integers(1 << 30), graph.integers(2)])
        last = graph.node("Reshape", [last, graph.integers(1, -1)])
        last = graph.node("Pad", [last, graph.integers(0, 0, 0, 128 * 3 * 19 - MELS * context)])
        graph.node("Reshape", [last, graph.integers(1, 128, 3, 19)], f"new_{states[front_state]}")
        pads = [0, 0]
    else:
        pads = [context, 0]
    weight, bias = folded(*network.front)
    y = graph.node("Conv", [y, graph.weight(weight), graph.weight(bias)], strides=[STRIDE], pads=pads)
    y = graph.node("Relu", [y])
    for depth, point, state in zip(network.depth, network.point, used):
        z = y
        if streaming:
            z = graph.node("Concat", [states[state], z], axis=2)
            graph.node("Slice", [z, graph.integers(1 - KERNEL), graph.integers(1 << 30), graph.integers(2)],
                       f"new_{states[state]}")
        weight, bias = folded(*depth)
        z = graph.node("Conv", [z, graph.weight(weight), graph.weight(bias)], group=DIM,
                       pads=[0, 0] if streaming else [KERNEL - 1, 0])
        weight, bias = folded(*point)
        z = graph.node("Conv", [graph.node("Relu", [z]), graph.weight(weight), graph.weight(bias)])
        y = graph.node("Relu", [graph.node("Add", [y, z])])
    weight, bias = network.out.weight.detach().numpy(), network.out.bias.detach().numpy()
    y = graph.node("Conv", [y, graph.weight(weight), graph.weight(bias)])
    graph.node("LogSoftmax", [graph.node("Transpose", [y], perm=[0, 2, 1])], "log_probs", axis=2)

    info = helper.make_tensor_value_info
    if streaming:
        for i, state in enumerate(states):
            if i not in used and i != front_state:
                graph.node("Identity", [state], f"new_{state}")
        graph.node("Identity", ["processed_lens"], "new_processed_lens")
        inputs = [info("x", TensorProto.FLOAT, [1, CHUNK, MELS])]
        inputs += [info(s, TensorProto.FLOAT, shape) for s, shape in zip(states, shapes)]
        inputs.append(info("processed_lens", TensorProto.INT64, [1]))
        outputs = [info("log_probs", TensorProto.FLOAT, [1, CHUNK // STRIDE, len(TOKENS)])]
        outputs += [info(f"new_{s}", TensorProto.FLOAT, shape) for s, shape in zip(states, shapes)]
        outputs.append(info("new_processed_lens", TensorProto.INT64, [1]))
        metadata = {"model_type": "zipformer2", "comment": "digits and commands, streaming", "T": CHUNK,
                    "decode_chunk_len": CHUNK, "encoder_dims": DIM, "query_head_dims": 4, "value_head_dims": 4,
                    "num_heads": 1, "num_encoder_layers": LAYERS, "cnn_module_kernels": 2 * KERNEL - 1,
                    "left_context_len": 1}
    else:
        graph.node("Div", ["x_lens", graph.integers(STRIDE)], "log_probs_lens")
        inputs = [info("x", TensorProto.FLOAT, [1, "frames", MELS]), info("x_lens", TensorProto.INT64, [1])]
        outputs = [info("log_probs", TensorProto.FLOAT, [1, "steps", len(TOKENS)]),
                   info("log_probs_lens", TensorProto.INT64, [1])]
        metadata = {"model_type": "zipformer2_ctc", "comment": "digits and commands"}
    made = helper.make_model(helper.make_graph(graph.nodes, "digits", inputs, outputs, graph.initializers),
                             opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(made, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(made)
    return made


def batches(spoken, rng, size=24):
    """All of the corpus once, the voice that is hardest to understand twice: phrases of like length together, in any
    order."""
    order = [i for i, (words, frames, voice) in enumerate(spoken) for _ in range(2 if voice == "awb" else 1)]
    rng.shuffle(order)
    found = []
    for i in range(0, len(order), 8 * size):
        chunk = sorted(order[i: i + 8 * size], key=lambda k: len(spoken[k][1]))
        found += [chunk[j: j + size] for j in range(0, len(chunk), size)]
    rng.shuffle(found)
    return found


def restore(network):
    """The weights of an earlier run. Its file has the normalisations folded in, which do nothing from here on."""
    stored = [numpy_helper.to_array(tensor).astype(np.float32)
              for tensor in onnx.load(str(HERE / "offline/model.onnx")).graph.initializer
              if tensor.data_type == TensorProto.FLOAT16]
    network.mean, network.scale = (torch.from_numpy(values.copy()) for values in stored[:2])
    layers = [network.front] + [layer for pair in zip(network.depth, network.point) for layer in pair]
    for i, layer in enumerate(layers + [[network.out]]):
        layer[0].weight.data, layer[0].bias.data = (torch.from_numpy(v.copy()) for v in stored[2 + 2 * i: 4 + 2 * i])
    for _, norm in layers:
        norm.running_var.fill_(1 - norm.eps)
    network.eval()


def train(network, spoken, minutes, fastest):
    """`spoken`: [(words, features, voice)]."""
    rng = random.Random(5)
    begun = time.process_time()
    optimizer = torch.optim.AdamW(network.parameters(), lr=fastest, weight_decay=1e-3)
    loss_of = torch.nn.CTCLoss(blank=0, zero_infinity=True)
    epoch, done = 0, 0.0
    while done < 1:
        losses = []
        for batch in batches(spoken, rng):
            done = (time.process_time() - begun) / (60 * minutes)
            for group in optimizer.param_groups:
                group["lr"] = fastest * max(0.005, min(10 * done + 0.05, 1, 1.15 * (1 - done)))
            if done >= 1:
                break
            inputs = [torch.from_numpy(varied(spoken[k][1], rng)) for k in batch]
            targets = [torch.tensor([IDS[t] for w in spoken[k][0] for t in split(w)]) for k in batch]
            padded = torch.nn.utils.rnn.pad_sequence(inputs, batch_first=True, padding_value=-15.9)
            steps = torch.tensor([len(x) // STRIDE for x in inputs])
            scores = network(padded).permute(2, 0, 1)
            loss = loss_of(scores, torch.cat(targets), steps, torch.tensor([len(t) for t in targets]))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimizer.step()
            losses.append(loss.item())
        epoch += 1
        print(f"epoch {epoch}, loss {np.mean(losses or [0]):.4f}, {100 * done:.0f} % done", flush=True)


def words_of(scores):
    text, last = "", 0
    for best in scores.argmax(0).tolist():
        if best not in (0, last):
            text += TOKENS[best].replace("\u2581", " ")
        last = best
    return text.split()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parley")
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    held_out = corpus(arguments.parley, arguments.work, 300, seed=2)
    without = {" ".join(words) for _, words, _ in held_out}
    spoken = corpus(arguments.parley, arguments.work, 2600, seed=1, without=without)
    spoken += corpus(arguments.parley, arguments.work, 2600, seed=4, digits=0.1, without=without)
    learned = [(words, features(samples), voice) for voice, words, samples in spoken]
    some = np.concatenate([frames for _, frames, _ in learned[:200]])
    network = Network(some.mean(axis=0), some.std(axis=0) + 1e-3)
    if arguments.resume:
        restore(network)
    train(network, learned, arguments.minutes, 4e-4 if arguments.resume else 4e-3)
    network.eval()
    right = 0
    with torch.no_grad():
        for _, words, samples in held_out:
            padded = np.concatenate([np.zeros(1600), samples, np.zeros(12800)]).astype(np.float32)
            right += words_of(network(torch.tensor(features(padded))[None])[0]) == words
    print(f"held-out phrases right: {100 * right / len(held_out):.1f} %")
    for name in ("streaming", "offline"):
        (HERE / name).mkdir(exist_ok=True)
        onnx.save(build(network, name == "streaming"), str(HERE / name / "model.onnx"))
        (HERE / name / "tokens.txt").write_text("".join(f"{t} {i}\n" for i, t in enumerate(TOKENS)))
    (HERE / "phrases.tsv").write_text("".join(f"{voice}\t{' '.join(words)}\n" for voice, words, _ in held_out))


if __name__ == "__main__":
    main()
