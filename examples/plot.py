#! python 3
# venv: plots
# r: numpy, matplotlib
"""Draws two waves and writes plot.png beside this file."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 4 * np.pi, 400)
figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(x, np.sin(x), label="sin x")
axes.plot(x, np.sin(x) * np.exp(-x / 6), label="damped")
axes.legend()
figure.tight_layout()
target = Path(__file__).with_name("plot.png")
figure.savefig(target)
print("wrote", target.name)
