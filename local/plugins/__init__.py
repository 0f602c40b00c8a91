"""The Pulumi plugins that this platform runs in place of Pulumi's own: ``aws`` and ``random``.

What they share is ``framework``; what answers their calls as AWS is ``local.endpoint``.
"""
