#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the two small networks that make transducers of the digits-and-commands recognisers.

    transducer.py

The network of streaming/ or offline/ is the encoder; here are decoder and joiner, in the formats that sherpa-onnx
loads. They add up what the encoder heard and what hardly is: the piece that was just said, and the word "timer", which is
only understood when it is expected. Needs Debian's python3-onnx and python3-numpy.
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
AGAIN, UNLIKELY = -30.0, -16.0
TIMER = ("\u2581tim", "er")


def save(name, nodes, inputs, outputs, weights, metadata):
    initializers = [numpy_helper.from_array(array, key) for key, array in weights.items()]
    made = helper.make_model(helper.make_graph(nodes, name, inputs, outputs, initializers),
                             opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(made, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(made)
    onnx.save(made, str(HERE / "transducer" / f"{name}.onnx"))


def main():
    (HERE / "transducer").mkdir(exist_ok=True)
    tokens = [line.split()[0] for line in (HERE / "streaming/tokens.txt").read_text().splitlines()]
    count = len(tokens)

    def scores(name):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", count])
    again = np.diag(np.full(count, AGAIN, np.float32))
    again[0, 0] = 0
    unlikely = np.array([UNLIKELY if token in TIMER else 0 for token in tokens], np.float32)
    save("decoder", [helper.make_node("Gather", ["y", "last"], ["piece"], axis=1),
                     helper.make_node("Gather", ["again", "piece"], ["decoder_out"])],
         [helper.make_tensor_value_info("y", TensorProto.INT64, ["N", 2])], [scores("decoder_out")],
         {"again": again + unlikely, "last": np.array(1, np.int64)}, {"vocab_size": count, "context_size": 2})
    one, rest = np.array([0], np.int64), np.arange(1, count, dtype=np.int64)
    # A piece that goes on is as nothing, as in the networks without a decoder.
    save("joiner", [helper.make_node("Less", ["decoder_out", "said"], ["goes_on"]),
                    helper.make_node("Where", ["goes_on", "encoder_out", "never"], ["going_on"]),
                    helper.make_node("ReduceMax", ["going_on"], ["longer"], axes=[1], keepdims=1),
                    helper.make_node("Gather", ["encoder_out", "blank"], ["silent"], axis=1),
                    helper.make_node("Max", ["silent", "longer"], ["nothing"]),
                    helper.make_node("Add", ["encoder_out", "decoder_out"], ["heard"]),
                    helper.make_node("Gather", ["heard", "pieces"], ["something"], axis=1),
                    helper.make_node("Concat", ["nothing", "something"], ["logit"], axis=1)],
         [scores("encoder_out"), scores("decoder_out")], [scores("logit")],
         {"said": np.array(AGAIN + 1, np.float32), "never": np.array(-1e9, np.float32), "blank": one, "pieces": rest},
         {"joiner_dim": count})


if __name__ == "__main__":
    main()
