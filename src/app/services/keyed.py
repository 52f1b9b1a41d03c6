"""What all sinks have in common that write a row of our own store under a key."""

from __future__ import annotations

from app.domain.effect import EffectClass


class KeyedSink:
    """A sink whose second try under a key changes nothing: the store refuses or repeats it."""

    __slots__ = ()

    @property
    def effect_class(self) -> EffectClass:
        """Keyed: the store keeps one per key."""
        return EffectClass.KEYED

    @property
    def timeout_seconds(self) -> float:
        """A row or a few files; generous for a local store."""
        return 3.0

    @property
    def lag_seconds(self) -> float:
        """A thread that was cut off commits soon or never; a second one changes nothing anyway."""
        return 0.0

    async def check(self) -> None:
        """Nothing to mend: where our own store is not, nothing else goes on either."""

    async def find(self, key: str) -> str | None:
        """Never told: trying again is safe."""
        del key
        return None
