#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes voice/: a "VITS" model whose sounds are ten spoken digits, to try the way of neural voices with.

    voice.py PARLEY WORK

It looks up one recording for each token; a lexicon turns words into tokens, as for real models without phonemes.
Needs Debian's python3-onnx and python3-numpy.
"""
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
DIGITS = "zero one two three four five six seven eight nine".split()
LENGTH = 8800  # samples of each token at 16 kHz


def recording(parley, work, word):
    file = work / f"{word}.wav"
    subprocess.run([parley, "say", word, "--voice", "rms", "--data", str(work / "data"), "--out", str(file)], check=True)
    with wave.open(str(file)) as wav:
        assert wav.getframerate() == 16000
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)[:LENGTH]
    return np.pad(samples, (0, LENGTH - len(samples)))


def main():
    parley, work = sys.argv[1], Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    table = np.stack([np.zeros(LENGTH, np.int16)] + [recording(parley, work, word) for word in DIGITS])
    # 8 bits on a square-root scale, which is enough for ears and recognisers.
    scaled = np.sqrt(np.abs(table) / 32768) * 127 * np.sign(table)
    inits = [numpy_helper.from_array(np.round(scaled).astype(np.int8), "table"),
             numpy_helper.from_array(np.float32(1 / 127), "scale"),
             numpy_helper.from_array(np.array([1, 1, -1], np.int64), "shape")]
    nodes = [helper.make_node("Gather", ["table", "x"], ["rows"], axis=0),
             helper.make_node("Cast", ["rows"], ["wide"], to=TensorProto.FLOAT),
             helper.make_node("Mul", ["wide", "scale"], ["root"]),
             helper.make_node("Abs", ["root"], ["size"]),
             helper.make_node("Mul", ["root", "size"], ["sound"]),
             helper.make_node("Reshape", ["sound", "shape"], ["y"])]
    info = helper.make_tensor_value_info
    inputs = [info("x", TensorProto.INT64, [1, "tokens"]), info("x_length", TensorProto.INT64, [1])]
    inputs += [info(name, TensorProto.FLOAT, [1]) for name in ("noise_scale", "length_scale", "noise_scale_w")]
    made = helper.make_model(helper.make_graph(nodes, "digits", inputs, [info("y", TensorProto.FLOAT, [1, 1, "n"])], inits),
                             opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(made, {"model_type": "vits", "comment": "recorded digits", "language": "English",
                                  "sample_rate": "16000", "n_speakers": "0", "add_blank": "0", "punctuation": ", . ;"})
    onnx.checker.check_model(made)
    (HERE / "voice").mkdir(exist_ok=True)
    onnx.save(made, str(HERE / "voice/model.onnx"))
    tokens = [" "] + [word.upper() for word in DIGITS] + [",", ".", ";"]
    (HERE / "voice/tokens.txt").write_text("".join(f"{token} {min(i, 10) if i < 11 else 0}\n" for i, token in enumerate(tokens)))
    (HERE / "voice/lexicon.txt").write_text("".join(f"{word} {word.upper()}\n" for word in DIGITS))


if __name__ == "__main__":
    main()
