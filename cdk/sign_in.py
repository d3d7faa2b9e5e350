"""Where people sign in: a pool of Cognito's, its one application, its groups and its providers."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from cdk.findings import acknowledge
from cdk.stages import Stage

TENANT = "tenant"
REFRESH_DAYS = 30
_OIDC_ATTRIBUTES = {"email": "email", "name": "name"}
_SAML_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_SAML_ATTRIBUTES = {"email": f"{_SAML_CLAIMS}emailaddress", "name": f"{_SAML_CLAIMS}name"}


class SignIn(Construct):
    """Made in every stage, used or not, so that a stage that stops using it can be deployed.

    An empty pool costs nothing. Only administrators make people; nobody can write the attribute
    that names a person's tenant but they, and the providers that the stage names.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        removal: RemovalPolicy,
        page_origin: str = "",
    ) -> None:
        super().__init__(scope, name)
        required = stage.sign_in_mfa == "required"
        self.pool = cognito.UserPool(
            self,
            "People",
            user_pool_name=f"nexus-{stage.name}",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            custom_attributes={TENANT: cognito.StringAttribute(max_len=64, mutable=True)},
            mfa=cognito.Mfa.REQUIRED if required else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
            ),
            deletion_protection=stage.protected,
            removal_policy=removal,
        )
        for group in stage.sign_in_groups:
            cognito.CfnUserPoolGroup(
                self, f"Group-{group}", user_pool_id=self.pool.user_pool_id, group_name=group
            )
        self.providers = [
            self._provider(named, said) for named, said in stage.sign_in_providers.items()
        ]
        self.client = self._client(stage, page_origin)
        if stage.sign_in_domain:
            self.pool.add_domain(
                "Domain",
                cognito_domain=cognito.CognitoDomainOptions(domain_prefix=stage.sign_in_domain),
            )
        self._acknowledge()

    def _client(self, stage: Stage, page_origin: str) -> cognito.UserPoolClient:
        """The page: it can keep no secret, so each sign-in proves itself by PKCE.

        It leads back to the stage's own page, too, where that has people sign in here.
        """
        own = [f"{page_origin}/"] if page_origin and stage.sign_in == "cognito" else []
        callbacks, sign_outs = (
            [*own, *given] for given in (stage.sign_in_callbacks, stage.sign_in_sign_outs)
        )
        supported = cognito.UserPoolClientIdentityProvider
        scopes = cognito.OAuthScope
        client = self.pool.add_client(
            "Page",
            user_pool_client_name=f"nexus-{stage.name}-page",
            generate_secret=False,
            # Passwords are for the provider's own page. Whoever signed in through the API would
            # get the scope that lets people write their own attributes.
            auth_flows=cognito.AuthFlow(user_srp=False),
            disable_o_auth=not callbacks,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[scopes.OPENID, scopes.EMAIL, scopes.PROFILE],
                callback_urls=callbacks,
                logout_urls=sign_outs or None,
            )
            if callbacks
            else None,
            supported_identity_providers=[
                supported.COGNITO,
                *(supported.custom(named) for named in stage.sign_in_providers),
            ],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            id_token_validity=Duration.hours(1),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(REFRESH_DAYS),
            write_attributes=self._written(stage),
        )
        client.node.add_dependency(*self.providers)
        return client

    def _written(self, stage: Stage) -> cognito.ClientAttributes:
        """What sign-ins may write of a person: the tenant only where a provider names it.

        https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html
        """
        written = cognito.ClientAttributes().with_standard_attributes(email=True, fullname=True)
        names_tenants = any(TENANT in said for said in stage.sign_in_providers.values())
        return written.with_custom_attributes(TENANT) if names_tenants else written

    def _provider(self, name: str, said: Mapping[str, str]) -> cognito.CfnUserPoolIdentityProvider:
        is_oidc = said["kind"] == "oidc"
        attributes = _OIDC_ATTRIBUTES if is_oidc else _SAML_ATTRIBUTES
        mapping = {one: said.get(one, claim) for one, claim in attributes.items()}
        if TENANT in said:
            mapping[f"custom:{TENANT}"] = said[TENANT]
        details = (
            {
                "client_id": said["client_id"],
                "client_secret": SecretValue.secrets_manager(said["client_secret"]).unsafe_unwrap(),
                "attributes_request_method": "GET",
                "oidc_issuer": said["issuer"],
                "authorize_scopes": said.get("scopes", "openid email profile"),
            }
            if is_oidc
            else {"MetadataURL": said["metadata_url"]}
        )
        return cognito.CfnUserPoolIdentityProvider(
            self,
            name,
            user_pool_id=self.pool.user_pool_id,
            provider_name=name,
            provider_type="OIDC" if is_oidc else "SAML",
            provider_details=details,
            attribute_mapping=mapping,
        )

    def _acknowledge(self) -> None:
        acknowledge(
            self.pool,
            "COG2",
            "The stage's field sign_in_mfa says whether a second factor is required; a provider "
            "that people come from may ask for its own.",
        )
        plus = "Cognito's Plus plan is $0.02 a person a month; an organisation that wants it has it"
        for finding in ("COG3", "COG8"):
            acknowledge(self.pool, finding, f"{plus} from its own provider.")


def issuer(stack: Stack, pool: cognito.IUserPool) -> str:
    """Who the pool's tokens say that they are of."""
    return f"https://cognito-idp.{stack.region}.{stack.url_suffix}/{pool.user_pool_id}"
