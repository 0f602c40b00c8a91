"""Reusable ComponentResources. No settings, AWS client, clock or network in a constructor."""
