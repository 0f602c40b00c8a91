"""Tokens whose issuers gave them a form of their own, to be found by where they do not belong."""

from __future__ import annotations

TOKENS = (
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY.*"),
    ("an access key of AWS", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|\bABSK[A-Za-z0-9+/=]{40,}"),
    ("an access key of Alibaba Cloud", r"\bLTAI[A-Za-z0-9]{12,}"),
    ("a token of GitHub", r"\b(?:gh[a-z]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"),
    (
        "a token of GitLab",
        r"\bgl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct|wt|oas)-[\w-]{16,}",
    ),
    ("a token of Slack", r"\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}"),
    (
        "a webhook's address",
        r"(?:hooks\.slack\.com/\w+|discord(?:app)?\.com/api/webhooks)/(?P<secret>[^\s…]+)",
    ),
    ("a key of Stripe", r"\b(?:[rs]k_(?:live|test)|whsec)_\w{10,}"),
    ("a token of Square", r"\bsq0[a-z]{3}-[\w-]{16,}"),
    (
        "an API key",
        r"\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\bGOCSPX-[\w-]{20,}"
        r"|\bSG\.[\w-]{16,}|\bx(?:key|smtp)sib-[\w-]{16,}|\bnvapi-[\w-]{40,}"
        r"|\b(?:gsk|r8|hf)_[A-Za-z0-9]{20,}|\b(?:pplx|xai|PMAK|NRAK|PRMA)-[A-Za-z0-9]{20,}"
        r"|\bEZ[AT]K\w{40,}|\bkey-[0-9a-f]{32}\b|\b[0-9a-f]{32}-us\d{1,2}\b",
    ),
    ("a key of Twilio", r"\bSK[0-9a-f]{32}\b"),
    ("a token of Telegram", r"\b\d{8,10}:AA[\w-]{32,}"),
    (
        "a token of a registry",
        r"\bnpm_\w{20,}|\bpypi-[\w-]{20,}|\bdckr_(?:pat|oat)_[\w-]{10,}|\brubygems_\w{16,}"
        r"|\bcio[A-Za-z0-9]{30,}|\bAKCp\w{20,}",
    ),
    ("a token of Atlassian", r"\bAT(?:ATT|BB|CTT)[\w=-]{16,}"),
    ("a token of HashiCorp", r"\bhv[sbr]\.[\w-]{16,}|\b\w{14}\.atlasv1\.[\w-]{16,}"),
    ("a token of Pulumi", r"\bpul-[0-9a-f]{32,}"),
    ("a token of Doppler", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{16,}"),
    ("a token of Dynatrace", r"\bdt0[a-z]\d\d\.[\w.]{16,}"),
    ("a token of Airtable", r"\bpat\w{14,15}\.[0-9a-f]{64}"),
    ("a token of 1Password", r"\bops_eyJ[\w-]{40,}"),
    (
        "an access token",
        r"\b(?:dop_v1|doo_v1|dor_v1|shpat|shpss|shpca|shppa|lin_api|lin_oauth|glsa|glc|dapi"
        r"|sntrys|sntryu|figd|figo|nfp|sbp|ntn|sgp|sq[apu]|CCIPAT|apify_api|bkua|rdme|pnu)"
        r"[_-]?[A-Za-z0-9]{16,}|\bsecret_[A-Za-z0-9]{30,}|\bCFPAT-[\w-]{16,}"
        r"|\bpscale_(?:pw|tkn|oauth)_[\w-]{16,}|\btskey-[a-z]+-\w{10,}|\btskey[_-]?\w{16,}",
    ),
    ("a JSON web token", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    ("a key of age", r"\bAGE-SECRET-KEY-1\w+"),
)
"""What each is, and a pattern: what is secret is the group `secret`, or all of it."""
