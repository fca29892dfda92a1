using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Server;

/// <summary>
/// The number of free attempts in a row, and the time after which one is forgiven. This time is also the maximum wait for the next
/// attempt.
/// </summary>
internal sealed record ThrottleRule(int Free, TimeSpan Forgiveness, bool EndsWithSuccess = true);

/// <summary>A counter and its rule.</summary>
internal readonly record struct ThrottleCounter(Guid Name, ThrottleRule Rule);

/// <summary>An attempt: the counters for its failure and its success, and its party in the hashing queue.</summary>
internal sealed record Attempt(QueueShare Share, IReadOnlyList<ThrottleCounter> Failures, IReadOnlyList<ThrottleCounter> Successes)
{
    private static readonly ThrottleRule Stranger = new(5, TimeSpan.FromMinutes(15));
    private static readonly ThrottleRule Acquaintance = new(10, TimeSpan.FromMinutes(5));

    // Many users may share an address, and one attacker may have many (NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a
    // row).
    private static readonly ThrottleRule Address = new(100, TimeSpan.FromSeconds(30), EndsWithSuccess: false);
    private static readonly ThrottleRule AllStrangers = new(100, TimeSpan.FromMinutes(1));

    // A correct password costs the same hash as a wrong one, and a session in addition. A user needs few sign-ins; tests and an office
    // behind one address need more.
    private static readonly ThrottleRule StrangersSuccess = new(100, TimeSpan.FromMinutes(1));
    private static readonly ThrottleRule BrowserSuccess = new(30, TimeSpan.FromMinutes(1));
    private static readonly ThrottleRule AllBrowsersSuccess = new(100, TimeSpan.FromSeconds(10));
    private static readonly ThrottleRule AddressSuccess = new(1000, TimeSpan.FromSeconds(1));

    /// <summary>A sign-in by a browser that the user has signed in with before. Failures of others do not count.</summary>
    public static Attempt FromKnownBrowser(string account, string browser) =>
        new(
            new(Name("queue of known browsers", account), IsKnown: true),
            [new(Name("device", browser), Acquaintance)],
            [new(Name("success of device", browser), BrowserSuccess), new(Name("success of known browsers", account), AllBrowsersSuccess)]
        );

    /// <summary>
    /// A sign-in from an address that the user has signed in from before. Failures of the same account elsewhere, and of other accounts,
    /// do not count.
    /// </summary>
    public static Attempt FromKnownAddress(string account, IPAddress? address) =>
        new(
            new(Name("queue of known address", $"{account} {Describe(address)}"), IsKnown: true),
            [AtAddress(account, address)],
            [new(Name("success of account", account), StrangersSuccess)]
        );

    /// <summary>Any other sign-in.</summary>
    public static Attempt FromStranger(string account, IPAddress? address)
    {
        var from = Describe(address);
        return new(
            new(Name("queue", from), IsKnown: false, Name("queue of account", account)),
            [AtAddress(account, address), new(Name("account", account), AllStrangers), new(Name("address", from), Address)],
            [new(Name("success of account", account), StrangersSuccess), new(Name("success of address", from), AddressSuccess)]
        );
    }

    /// <summary>A sign-up. It counts as a failure, so that an address that creates hundreds of accounts is slowed down.</summary>
    public static Attempt Register(IPAddress? address) =>
        new(new(Name("queue", Describe(address)), IsKnown: false), [new(Name("register", Describe(address)), Address)], []);

    /// <summary>A change of password in a session.</summary>
    public static Attempt ChangePassword(string userId, SessionId session) =>
        new(
            new(Name("queue of password change", userId), IsKnown: true),
            [new(Name("session", session.ToString()), Acquaintance)],
            [new(Name("success of password change", userId), BrowserSuccess)]
        );

    /// <summary>An account at an address.</summary>
    public static Guid NamePair(string account, IPAddress? address) => Name("account at address", $"{account} {Describe(address)}");

    private static ThrottleCounter AtAddress(string account, IPAddress? address) => new(NamePair(account, address), Stranger);

    private static Guid Name(string kind, string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {text}")).AsSpan(0, 16));

    // A subscriber has at least a /64 of IPv6 addresses.
    private static string Describe(IPAddress? address) =>
        address switch
        {
            null => "none",
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
            _ => address.ToString(),
        };
}
