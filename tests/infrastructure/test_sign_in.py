"""Where people sign in: what the pool lets them do, and what of it the authorizer is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdk.stages import StageError, read_stage
from tests.infrastructure.assembly import configuration
from tests.infrastructure.changes import synthesized, without_packages

PAGE = {"sign_in_callbacks": ["https://page.example.org/callback"]}
OKTA = {
    "kind": "oidc",
    "issuer": "https://org.okta.example",
    "client_id": "abc",
    "client_secret": "nexus/okta",
    "tenant": "org",
}
ENTRA = {"kind": "saml", "metadata_url": "https://login.example/metadata.xml"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Synthesizes a stage of cdk.json with other fields."""
    folder = tmp_path_factory.mktemp("stages")

    def make(name: str = "dev", **more: Any) -> dict[str, dict[str, Any]]:
        # The page's own part in it: test_page.py.
        given = {"pinecone_host": "https://x", "page": False, **more}
        stage = read_stage(name, {**configuration(name), **given})
        with without_packages(folder / "package"):
            return synthesized(stage, folder)

    return make


def properties(templates, kind: str) -> list[dict[str, Any]]:
    return [
        one.get("Properties", {})
        for template in templates.values()
        for one in template["Resources"].values()
        if one["Type"] == f"AWS::{kind}"
    ]


def variables(templates, function: str) -> dict[str, Any]:
    [found] = [
        one
        for one in properties(templates, "Lambda::Function")
        if one["FunctionName"].endswith(f"-{function}")
    ]
    return dict(found["Environment"]["Variables"])


def test_only_administrators_make_people_and_only_they_name_tenants(made):
    templates = made(sign_in="cognito", sign_in_groups=["hr"], sign_in_domain="org-docs", **PAGE)
    [pool] = properties(templates, "Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    [client] = properties(templates, "Cognito::UserPoolClient")
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthScopes"] == ["openid", "email", "profile"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["CallbackURLs"] == PAGE["sign_in_callbacks"]
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert set(client["WriteAttributes"]) == {"email", "name"}
    assert [one["GroupName"] for one in properties(templates, "Cognito::UserPoolGroup")] == ["hr"]
    assert properties(templates, "Cognito::UserPoolDomain")[0]["Domain"] == "org-docs"


def test_the_authorizer_takes_the_pool_s_tokens_and_chat_ends_its_sign_ins(made):
    templates = made(sign_in="cognito", sign_in_domain="org-docs", region="eu-west-1", **PAGE)
    told = variables(templates, "authorizer")
    issuer = json.dumps(told["NEXUS_OIDC_ISSUER"])
    assert "https://cognito-idp.eu-west-1." in issuer
    assert "/.well-known/jwks.json" in json.dumps(told["NEXUS_OIDC_KEYS_URL"])
    revoked_at = "https://org-docs.auth.eu-west-1.amazoncognito.com/oauth2/revoke"
    assert told["NEXUS_OIDC_REVOCATION_URL"] == revoked_at
    chat = variables(templates, "chat")
    assert chat["NEXUS_OIDC_REVOCATION_URL"] == revoked_at
    assert chat["NEXUS_OIDC_AUDIENCES"] == told["NEXUS_OIDC_AUDIENCES"]
    assert "NEXUS_OIDC_ISSUER" not in chat


def test_a_provider_of_the_organisation_s_own_takes_the_pool_s_place(made):
    own = {
        "oidc_issuer": "https://id.example.org",
        "oidc_keys_url": "https://id.example.org/keys",
        "oidc_audiences": ["nexus", "nexus-mobile"],
        "oidc_revocation_url": "https://id.example.org/revoke",
    }
    told = variables(made(sign_in="oidc", **own), "authorizer")
    assert {name: told[f"NEXUS_{name.upper()}"] for name in own} == {
        **own,
        "oidc_audiences": "nexus,nexus-mobile",
    }


def test_without_sign_in_the_authorizer_knows_keys_alone(made):
    templates = made()
    told = variables(templates, "authorizer")
    assert not any(name.startswith("NEXUS_OIDC") for name in told)
    [client] = properties(templates, "Cognito::UserPoolClient")
    assert client["AllowedOAuthFlowsUserPoolClient"] is False
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]


def test_people_come_from_other_providers_and_their_secret_is_read_when_it_is_deployed(made):
    federated = {"Okta": OKTA, "Entra": ENTRA}
    templates = made(sign_in="cognito", sign_in_mfa="required", sign_in_providers=federated, **PAGE)
    okta, entra = properties(templates, "Cognito::UserPoolIdentityProvider")
    assert (okta["ProviderType"], entra["ProviderType"]) == ("OIDC", "SAML")
    assert okta["ProviderDetails"]["client_secret"] == (
        "{{resolve:secretsmanager:nexus/okta:SecretString:::}}"
    )
    assert okta["AttributeMapping"]["custom:tenant"] == "org"
    assert entra["ProviderDetails"] == {"MetadataURL": ENTRA["metadata_url"]}
    assert "custom:tenant" not in entra["AttributeMapping"]
    [client] = properties(templates, "Cognito::UserPoolClient")
    assert client["SupportedIdentityProviders"] == ["COGNITO", "Okta", "Entra"]
    # What a provider says of a person is written by the sign-in, which only this client makes.
    assert set(client["WriteAttributes"]) == {"email", "name", "custom:tenant"}
    assert properties(templates, "Cognito::UserPool")[0]["MfaConfiguration"] == "ON"


@pytest.mark.parametrize(
    ("stage", "more", "said"),
    [
        ("dev", {"sign_in": "cognito", "page": False}, "sign_in_callbacks"),
        ("dev", {"sign_in": "oidc"}, "oidc_issuer"),
        (
            "dev",
            {"sign_in": "oidc", "oidc_issuer": "https://a", "oidc_keys_url": "http://a"},
            "oidc_keys_url",
        ),
        ("dev", {"sign_in_domain": "My_Docs"}, "sign_in_domain"),
        ("dev", {"sign_in_domain": "my-aws-docs"}, "sign_in_domain"),
        ("dev", {"sign_in_callbacks": ["http://page.example"]}, "sign_in_callbacks"),
        ("dev", {"sign_in_sign_outs": ["javascript:1"]}, "sign_in_sign_outs"),
        ("dev", {"sign_in_url": "https://elsewhere.example"}, "sign_in_url"),
        ("dev", {"sign_in_providers": {"Okta": {**OKTA, "colour": "red"}}}, "has no colour"),
        ("dev", {"sign_in_providers": {"Okta": {"kind": "oidc"}}}, "lacks client_id"),
        ("dev", {"sign_in_providers": {"Okta": {"kind": "ldap"}}}, "oidc or saml"),
        ("dev", {"sign_in_providers": {"a/b": ENTRA}}, "3 to 32"),
        ("dev", {"sign_in_providers": {"Okta": "https://x"}}, "objects of texts"),
        ("local", {"sign_in_providers": {"Entra": ENTRA}}, "must be empty"),
        ("dev", {"people_quota": 0}, "people_quota"),
    ],
)
def test_a_sign_in_that_cannot_work_is_told_before_it_is_deployed(stage, more, said):
    with pytest.raises(StageError, match=said):
        read_stage(stage, {**configuration(stage), "pinecone_host": "https://x", **more})
