"""Run every measure in turn, each in its own process so that memory starts afresh."""

import pkgutil
import subprocess
import sys

import bancs


def main() -> int:
    """Return 0 when every measure ran and met its targets."""
    manques = []
    for module in pkgutil.iter_modules(bancs.__path__):
        if module.name == "__main__":
            continue
        print(f"\n== {module.name}", flush=True)
        acheve = subprocess.run([sys.executable, "-m", f"bancs.{module.name}"], check=False)
        if acheve.returncode:
            manques.append(module.name)
    if manques:
        print(f"\nObjectif manqué ou mesure en échec : {', '.join(manques)}", file=sys.stderr)
    return 1 if manques else 0


if __name__ == "__main__":
    sys.exit(main())
