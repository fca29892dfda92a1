using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The limits for refreshes: per session, and per client address for refresh tokens that fail verification.</summary>
internal sealed class RefreshLimits(IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock)
{
    // After keys were lost, each client in an office behind one address sends one refused token. Honest clients send no more than that.
    private const int RefusedBurst = 1000;
    private static readonly TimeSpan RefusedInterval = TimeSpan.FromMilliseconds(100);

    private readonly RateLimit? _refreshes = options.Get(scheme.Name).RefreshesPerMinute is > 0 and var count
        ? new(count, TimeSpan.FromMinutes(1) / count, clock)
        : null;
    private readonly RateLimit _refused = new(RefusedBurst, RefusedInterval, clock);

    /// <summary>Counts a refresh of a session. Returns zero, or how long the client must wait.</summary>
    public TimeSpan TakeRefresh(SessionId id) => _refreshes?.Take(id.GetHashCode()) ?? TimeSpan.Zero;

    /// <summary>
    /// Counts a refresh with a verified proof, by its key too. A holder of copied tokens has another key or none, and must not use up the
    /// limit of the device.
    /// </summary>
    public TimeSpan TakeProof(SessionId id, ReadOnlySpan<byte> key)
    {
        if (_refreshes is null)
            return TimeSpan.Zero;
        var hash = new HashCode();
        hash.Add(id);
        hash.AddBytes(key);
        return _refreshes.Take(hash.ToHashCode());
    }

    /// <summary>Counts a refused token. Returns zero, or how long the client must wait.</summary>
    public TimeSpan TakeRefused(IPAddress? address)
    {
        if (address is null)
            return TimeSpan.Zero;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // A subscriber usually has a whole /64 of IPv6.
        if (address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
            length = 8;
        var hash = new HashCode();
        hash.AddBytes(bytes[..length]);
        return _refused.Take(hash.ToHashCode());
    }
}
