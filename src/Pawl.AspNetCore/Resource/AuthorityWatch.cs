using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Says once in the log that an authority does not answer, once what that means for requests, and once that it answers again.
/// </summary>
internal sealed class AuthorityWatch(TrustedAuthority authority, ILogger logger)
{
    private readonly Lock _lock = new();
    private bool _isFailing;
    private bool _isSilent;

    public TrustedAuthority Authority { get; } = authority;

    /// <summary>A request to the authority has failed.</summary>
    public void Failed(Exception fault)
    {
        lock (_lock)
        {
            if (!_isFailing)
                logger.AuthorityFault(Authority.Options.Authority, fault.Message, fault is AuthorityFaultException ? null : fault);
            _isFailing = true;
            if (_isSilent || Authority.IsKnown)
                return;
            _isSilent = true;
            logger.AuthoritySilent(
                Authority.Options.Authority,
                Authority.Refuses
                    ? "requests with access tokens are refused with 503"
                    : "access tokens of sessions that have ended are accepted until they expire"
            );
            // Which of them belong to ended sessions is unknown. Their clients get 503 until this service knows.
            if (Authority.Refuses)
                Authority.Endings.Ended.Connections.CutAll();
        }
    }

    /// <summary>A request to the authority has been answered.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            if (!_isFailing || !Authority.IsKnown)
                return;
            (_isFailing, _isSilent) = (false, false);
            logger.AuthorityAnswers(Authority.Options.Authority);
        }
    }
}
