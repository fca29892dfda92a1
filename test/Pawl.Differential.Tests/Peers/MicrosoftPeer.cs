using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pawl.Differential.Tests.Corpus;

namespace Pawl.Differential.Tests.Peers;

/// <summary>What <c>AddJwtBearer</c> verifies with, in this process.</summary>
internal sealed class MicrosoftPeer() : Peer("Microsoft")
{
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Issuer.Now;
    }

    public override async Task<IReadOnlyList<Verdict>> VerifyAsync(Issuer issuer, IReadOnlyList<string> tokens)
    {
        var rules = new TokenValidationParameters
        {
            ValidIssuer = Issuer.Rules.Issuer,
            ValidAudience = Issuer.Rules.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            IssuerSigningKeys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(
                Encoding.UTF8.GetString(JsonWebKeySet.Write(issuer.Ring))
            ).GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = ["ES256", "RS256"],
            ValidTypes = ["at+jwt"],
            ClockSkew = Issuer.Rules.ClockSkew,
        };
        SetTimeProvider(rules, new Clock());
        var handler = new JsonWebTokenHandler();
        var verdicts = new List<Verdict>(tokens.Count);
        foreach (var token in tokens)
        {
            try
            {
                var result = await handler.ValidateTokenAsync(token, rules);
                verdicts.Add(new(result.IsValid, result.Exception?.Message));
            }
            // Whatever it throws, the token has not been accepted.
            catch (Exception e)
            {
                verdicts.Add(new(false, e.Message));
            }
        }
        return verdicts;
    }

    // It has a clock, but not one that can be set from outside; with a validator of our own for times its rules would not be asked.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_TimeProvider")]
    private static extern void SetTimeProvider(TokenValidationParameters rules, TimeProvider clock);
}
