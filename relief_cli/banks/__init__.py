"""Bank files: one template per format drives what is sent and what comes back.

A template is data (``data/*.toml``, or an office's own ``banks/*.toml``). The stages here are
:mod:`loading` (data → templates), :mod:`directory` (the bank names that clerks write → codes and
formats), :mod:`planning` (payments → files) and :mod:`writing` (files → bytes, re-read before they
are handed over). :mod:`pain002` reads what a bank answers in ISO 20022.
"""
