"""How long `import mesoviz` takes, as a ratio to importing pandas, matplotlib.pyplot and seaborn.

Both are timed in fresh processes, turn by turn, so that a busy machine slows both alike. The second line uses
every public name, since names are fetched on first use. Exits 1 when a ratio exceeds the limit.
"""

import argparse
import statistics
import subprocess
import sys
import time

REFERENCE = "import pandas, matplotlib.pyplot, seaborn"
CASES = {
    "import mesoviz": "import mesoviz",
    "and every public name": "import mesoviz; [getattr(mesoviz, name) for name in mesoviz.__all__]",
}


def seconds(code):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--limit", type=float, default=1.1)
    options = parser.parse_args()
    times = {code: [] for code in (REFERENCE, *CASES.values())}
    for _ in range(options.rounds):
        for code, measured in times.items():
            measured.append(seconds(code))
    middle = {code: statistics.median(measured) for code, measured in times.items()}
    print(f"{'pandas, pyplot, seaborn':<24}{middle[REFERENCE]:6.2f} s")
    ratios = {label: middle[code] / middle[REFERENCE] for label, code in CASES.items()}
    for label, ratio in ratios.items():
        print(f"{label:<24}{middle[CASES[label]]:6.2f} s  ratio {ratio:.2f} (limit {options.limit})")
    return int(max(ratios.values()) > options.limit)


if __name__ == "__main__":
    sys.exit(main())
