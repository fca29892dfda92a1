using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Server;

/// <summary>How many failures in a row are free, and how long it takes until one is forgiven: also the longest that anybody is made to wait for the next try.</summary>
internal sealed record ThrottleRule(int Free, TimeSpan Forgiveness, bool EndsWithSuccess = true);

/// <summary>
/// Slows guessing down. After a few failures each further try has to wait, twice as long each time; nothing is ever locked, and what a stranger does to an account
/// slows down that stranger: another address is counted by itself, and so is a browser that the user was signed in with before.
/// </summary>
/// <remarks>In memory, for each process by itself, and bounded: names are kept as hashes, and the oldest go first.</remarks>
internal sealed class SignInThrottle(TimeProvider clock)
{
    private const int MostCounters = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Counter> _counters = [];

    /// <summary>How long to wait before this may be tried; zero for not at all.</summary>
    public TimeSpan FindDelay(Attempt attempt)
    {
        var longest = TimeSpan.Zero;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            foreach (var (name, rule) in attempt.Counters)
            {
                var over = Math.Ceiling(FindFailures(name, rule, now)) - rule.Free;
                if (over < 0)
                    continue;
                var delay = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over), rule.Forgiveness.TotalSeconds)) - clock.GetElapsedTime(_counters[name].At, now);
                longest = delay > longest ? delay : longest;
            }
        }
        return longest;
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(Attempt attempt)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_counters.Count >= MostCounters)
                DropOldest();
            foreach (var (name, rule) in attempt.Counters)
                _counters[name] = new(FindFailures(name, rule, now) + 1, now);
        }
    }

    /// <summary>Forgets the failures of whoever has succeeded. Not those of an address: it is shared, and an attacker has an account too.</summary>
    public void Succeed(Attempt attempt)
    {
        lock (_lock)
        {
            foreach (var (name, rule) in attempt.Counters)
            {
                if (rule.EndsWithSuccess)
                    _counters.Remove(name);
            }
        }
    }

    // Forgiven bit by bit, and not by the whole failure: waiting a little always helps a little.
    private double FindFailures(Guid name, ThrottleRule rule, long now) =>
        _counters.TryGetValue(name, out var counter) ? Math.Max(0, counter.Failures - (clock.GetElapsedTime(counter.At, now) / rule.Forgiveness)) : 0;

    private void DropOldest()
    {
        foreach (var (name, _) in _counters.OrderBy(static pair => pair.Value.At).Take(MostCounters / 4).ToList())
            _counters.Remove(name);
    }

    private readonly record struct Counter(double Failures, long At);
}

/// <summary>A try, and the counters that its failure counts in.</summary>
internal sealed record Attempt(params IReadOnlyList<(Guid Name, ThrottleRule Rule)> Counters)
{
    private static readonly ThrottleRule Stranger = new(5, TimeSpan.FromMinutes(15));
    private static readonly ThrottleRule Acquaintance = new(10, TimeSpan.FromMinutes(5));

    // Many people share an address, and one attacker has many (NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a row).
    private static readonly ThrottleRule Address = new(100, TimeSpan.FromSeconds(30), EndsWithSuccess: false);
    private static readonly ThrottleRule AllStrangers = new(100, TimeSpan.FromMinutes(1));

    /// <summary>A sign-in: by a browser that the user is known by, or by a stranger at some address.</summary>
    public static Attempt SignIn(string account, IPAddress? address, string? knownDevice)
    {
        var from = Describe(address);
        return knownDevice is not null
            ? new((Name("device", knownDevice), Acquaintance))
            : new((Name("account at address", $"{account} {from}"), Stranger), (Name("account", account), AllStrangers), (Name("address", from), Address));
    }

    public static Attempt Register(IPAddress? address) => new((Name("register", Describe(address)), Address));

    public static Attempt ChangePassword(SessionId session) => new((Name("session", session.ToString()), Acquaintance));

    private static Guid Name(string kind, string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {text}")).AsSpan(0, 16));

    // A subscriber has a /64 of IPv6 addresses at least.
    private static string Describe(IPAddress? address) => address switch
    {
        null => "none",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
