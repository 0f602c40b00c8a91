"""The policy pack that guards every preview."""
