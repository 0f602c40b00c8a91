"""What weakens a database is written out as that, or refused."""

from __future__ import annotations

import pytest

from components.arguments import ArgumentError
from components.cluster import NamespaceArgs
from components.database.known_parameters import unknown_parameters
from components.database.parameters import STATIC, server_parameters
from components.database.weakening import SETTINGS, WEAKENINGS
from local.endpoint.rds.parameters import RDS_PARAMETERS
from local.endpoint.rds.settings_catalogue import catalogue
from tests.unit.builders import postgresql_args, record_postgresql
from tests.unit.stack_files import FILE, faults_of, put

WEAK = {
    "rds.force_ssl": ["0", "off", "false", " 0 ", "no"],
    "ssl_min_protocol_version": ["TLSv1", "TLSv1.1", ""],
    "ssl_max_protocol_version": ["TLSv1.1"],
    "ssl_ciphers": ["ALL", "HIGH:!aNULL:RC4-SHA", "eNULL", "DES-CBC3-SHA", "HIGH:@SECLEVEL=0"],
    "password_encryption": ["md5", "MD5"],
    "rds.accepted_password_auth_method": ["md5+scram"],
    "scram_iterations": ["1"],
    "row_security": ["off", "0"],
    "lo_compat_privileges": ["1"],
    "standard_conforming_strings": ["off"],
    "backslash_quote": ["on"],
    "synchronous_commit": ["off"],
    "zero_damaged_pages": ["on"],
    "session_replication_role": ["replica"],
    "autovacuum": ["0"],
    "track_counts": ["off"],
    "shared_preload_libraries": ["", "auto_explain", "pg_cron, pgaudit"],
    "compute_query_id": ["off"],
    "track_activities": ["0"],
    "pg_stat_statements.track": ["none"],
    "log_lock_waits": ["0"],
    "log_min_messages": ["panic"],
    "log_min_error_statement": ["panic"],
    "log_statement": ["all", "ddl", "mod"],
    "log_transaction_sample_rate": ["0.5"],
    "log_min_duration_sample": ["0"],
    "log_parameter_max_length_on_error": ["-1", "100"],
    "auto_explain.log_min_duration": ["0", "1", "99ms", "500us", "0.05s"],
    "pgaudit.log": ["all", "write", "ROLE, READ", "ddl", "all, -misc", "function"],
    "pgaudit.log_parameter": ["on"],
}
HARMLESS = {
    "rds.force_ssl": "1",
    "ssl_min_protocol_version": "TLSv1.3",
    "ssl_max_protocol_version": "",
    "ssl_ciphers": "HIGH:!aNULL:!eNULL:!MD5:-RC4:ECDHE-RSA-AES256-GCM-SHA384",
    "password_encryption": "scram-sha-256",
    "rds.accepted_password_auth_method": "scram",
    "row_security": "on",
    "synchronous_commit": "remote_write",
    "shared_preload_libraries": "pg_cron,pg_stat_statements",
    "log_lock_waits": "on",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length_on_error": "0",
    "auto_explain.log_min_duration": "1s",
    "pgaudit.log": "role, -all",
    "autovacuum": "1",
    "compute_query_id": "auto",
    "max_connections": "200",
    "work_mem": "65536",
    "rds.logical_replication": "1",
}
WEAK_CASES = [(name, value) for name, values in WEAK.items() for value in values]


@pytest.mark.parametrize(("name", "value"), WEAK_CASES)
def test_a_parameter_that_weakens_is_refused_with_the_reason(name: str, value: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        postgresql_args(parameters={name: value})
    (fault,) = caught.value.faults
    assert (fault.field, fault.value) == (f"parameters.{name}", value)
    assert fault.expected == (
        f"{WEAKENINGS[name].reason}; if that is meant, write it under `weakening_parameters`"
    )


@pytest.mark.parametrize(("name", "value"), WEAK_CASES)
def test_it_is_taken_where_it_is_written_out(name: str, value: str) -> None:
    assert postgresql_args(weakening_parameters={name: value})


@pytest.mark.parametrize(("name", "value"), HARMLESS.items())
def test_other_values_are_no_weakening(name: str, value: str) -> None:
    assert postgresql_args(parameters={name: value})
    with pytest.raises(ArgumentError, match="it weakens nothing; write it under `parameters`"):
        postgresql_args(weakening_parameters={name: value})


def test_what_the_component_sets_cannot_be_taken_away_unnoticed() -> None:
    """Every parameter of its own has a judgement, or a setting."""
    own = {one.name for one in server_parameters(slow_statement_ms=500, extra={})}
    assert own <= {*WEAKENINGS, *SETTINGS}


def test_the_names_are_those_of_postgresql_and_rds() -> None:
    libraries = ("pg_stat_statements.", "auto_explain.", "pgaudit.")
    # What the server does not list, but for developers.
    hidden = ("ignore_", "zero_damaged_pages", "allow_system_table_mods", "debug_print_raw_parse")
    known = {*catalogue(), *RDS_PARAMETERS, "rds.accepted_password_auth_method"}
    assert {name for name in WEAKENINGS if not name.startswith((*libraries, *hidden))} <= known


def test_all_that_the_server_and_the_local_platform_know_is_known() -> None:
    known = {*catalogue(), *RDS_PARAMETERS, *STATIC, *WEAKENINGS}
    assert not list(unknown_parameters(known))


@pytest.mark.parametrize(
    ("field", "given", "message"),
    [
        ("parameters", {"RDS.Force_SSL": "0"}, "RDS knows it as 'rds.force_ssl'"),
        ("parameters", {"log_min_duration_statement": "0"}, "set `slow_statement_ms` instead"),
        ("weakening_parameters", {"log_min_duration_statement": "0"}, "set `slow_statement_ms`"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    field: str, given: dict[str, str], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        postgresql_args(**{field: given})


def test_one_parameter_stands_in_one_place() -> None:
    with pytest.raises(ArgumentError, match="`parameters` has it, too"):
        postgresql_args(
            parameters={"rds.force_ssl": "1"}, weakening_parameters={"rds.force_ssl": "0"}
        )


def test_a_stack_file_says_it_as_well() -> None:
    (fault,) = faults_of(put("database/parameters", {"rds.force_ssl": "0"}))
    assert fault == (
        f"{FILE}: groundwork:database.parameters.rds.force_ssl: '0' cannot be used; connections"
        " without TLS are let in; if that is meant, write it under `weakening_parameters`"
    )


def test_what_is_written_out_reaches_the_server() -> None:
    group = record_postgresql(weakening_parameters={"rds.force_ssl": "0"}).only(":ParameterGroup")
    values = {one["name"]: one["value"] for one in group.inputs["parameters"]}
    assert values["rds.force_ssl"] == "0"


def test_labels_do_not_lower_a_namespaces_standard() -> None:
    with pytest.raises(ArgumentError, match="set pod_security instead"):
        NamespaceArgs(name="web", labels={"pod-security.kubernetes.io/enforce": "privileged"})
