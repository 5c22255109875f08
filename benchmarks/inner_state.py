"""The encoder, with a view of what its heads of outcome and case take in: what it knows of a record before it speaks.

Needs the package onnx (`pip install ".[bench]"`), to name inner values of the network as its outputs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from qa_assess.encoder import NETWORK, Encoder

# Layers of `encoder_training.network.Network` whose inputs are kept: the ask, the evidence, their product and the whole
# record; the same seen by the outcome's head; the whole and the answer's mean; the same seen by the case's head.
LAYERS = ("/outcome/outcome.1/Gemm", "/outcome/outcome.4/Gemm", "/case/case.1/Gemm", "/case/case.3/Gemm")


class WatchedEncoder(Encoder):
    """An encoder that keeps, in `state`, the inputs of `LAYERS` for the last record's first span; shape (3072,)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._session = _Watched(folder / NETWORK, self)
        self.state = np.zeros(0, np.float32)


class _Watched:
    """A session that gives what it is asked for, and leaves the inner values with its encoder."""

    def __init__(self, network: Path, encoder: WatchedEncoder) -> None:
        import onnx  # noqa: PLC0415  (an extra)

        model = onnx.load(network)
        inputs = {node.name: node.input[0] for node in model.graph.node if node.op_type == "Gemm"}
        self._inner = [inputs[layer] for layer in LAYERS]
        for name in self._inner:
            model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=providers)
        self._encoder = encoder

    def run(self, names: Sequence[str], given: dict[str, Any]) -> list[np.ndarray]:
        found = self._session.run([*names, *self._inner], given)
        self._encoder.state = np.concatenate([values[0] for values in found[len(names) :]])
        return list(found[: len(names)])
