"""The policy that holds in an office."""

from typing import cast

from relief_cli.errors import PolicyError
from relief_cli.i18n import N_
from relief_cli.office import Office
from relief_cli.policy import Parameter, Policy, load
from relief_cli.policy.comparing import Effect
from relief_cli.settings import SETTINGS

EFFECTS = "compare.effects"
"""The parameter that says what lists of other departments mean."""


def load_policy(office: Office) -> Policy:
    """Load the policy with the files of ``office``, which must know the lists that it names.

    Raises:
        PolicyError: as :func:`relief_cli.policy.load`; ``list-kind-unknown``.
    """
    policy = load(office.policy_files)
    _check_kinds(office, policy)
    return policy


def effect_of(parameter: Parameter, kind: str, file: str | None = None) -> Effect:
    """Give what the policy says about lists of one kind.

    Raises:
        PolicyError: ``list-kind-unknown``.
    """
    effects = _effects(parameter)
    for effect in effects:
        if effect.kind == kind:
            return effect
    raise PolicyError(
        "list-kind-unknown",
        N_("The policy does not say what a list of the kind {kind} means"),
        why=N_("It decides whether who stands there is held or only marked"),
        remedy=N_("Kinds: {known}. An office may write its own [[compare.effects]]"),
        file=file,
        kind=kind,
        known=", ".join(effect.kind for effect in effects),
    )


def _effects(parameter: Parameter) -> tuple[Effect, ...]:
    return cast("tuple[Effect, ...]", parameter.value)


def _check_kinds(office: Office, policy: Policy) -> None:
    """Refuse kinds of lists in the settings of ``office`` that the policy never knew.

    Raises:
        PolicyError: ``list-kind-unknown``.
    """
    said = [one for one in policy.parameters if one.name == EFFECTS]
    for kind in office.lists:
        if not any(effect.kind == kind for one in said for effect in _effects(one)):
            effect_of(said[-1], kind, file=SETTINGS)
