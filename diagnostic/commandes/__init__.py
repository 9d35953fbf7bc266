"""Subcommands of `python -m diagnostic`, which compose the rules with the embedded data.

Each module offers `ajouter(sous_commandes)`, which declares its options and sets `executer`, and
`executer(args) -> int`, which returns the exit code. Errors are raised, not printed: `__main__`
prints any `CptsError` as one French sentence.
"""
