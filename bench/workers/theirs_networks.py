"""The same in Keras, padded to the cap: SESSIONS SECONDS THREADS; see `ours_networks.py`."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # type: ignore[import-not-found]
import tensorflow as tf  # type: ignore[import-untyped,import-not-found,unused-ignore]
from networks_data import BATCH, CAP, KNOWN, RATE, WIDTH, sessions  # type: ignore[import-not-found]  # beside this script

WARM = 10
LOADED = 50_000
"""Sessions that are padded: all of them would take 1.2 GB; a measured run sees fewer."""


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Looks at the clock from the end of the warm-up on, and ends the training in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.begin, self.spent, self.number, self.loss = seconds, 0.0, 0.0, -WARM, 0.0

    def on_train_batch_end(self, _: int, logs: dict[str, Any] | None = None) -> None:
        """Count a batch."""
        self.number += 1
        if self.number == 0:
            self.begin = time.perf_counter()
        elif self.number > 0:
            self.spent = time.perf_counter() - self.begin
            self.loss = float((logs or {}).get("loss", 0.0))
            self.model.stop_training = self.spent > self.seconds


def main() -> None:
    """Print sessions per second and the mean loss."""
    count, seconds, threads = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(0)
    lengths, events, labels = sessions(min(count, LOADED))
    ends = lengths.cumsum()
    rows = [events[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    padded = keras.utils.pad_sequences(rows, maxlen=CAP, padding="post")
    network = keras.Sequential(
        [
            keras.layers.Embedding(KNOWN + 2, WIDTH, mask_zero=True),
            keras.layers.GRU(WIDTH),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(keras.optimizers.Adam(RATE, clipnorm=1.0), loss="binary_crossentropy")
    watch = Watch(seconds)
    while not watch.spent > seconds:
        network.fit(padded, labels, batch_size=BATCH, epochs=1, shuffle=True, verbose=0, callbacks=[watch])
    print(
        json.dumps({"rate": watch.number * BATCH / watch.spent, "loss": watch.loss, "batches": watch.number})
    )


if __name__ == "__main__":
    main()
