using System.Numerics;

namespace Pawl;

/// <summary>
/// Recognizes an RSA modulus with the weakness CVE-2017-15361 (ROCA): its primes are derived from powers of 65537 and can be found.
/// Modulo each small prime, such a modulus is a power of 65537. A random modulus has this property for all of them with a probability of
/// one in a hundred million.
/// </summary>
internal static class RocaFingerprint
{
    private const int Generator = 65537;

    private static readonly int[] SmallPrimes =
    [
        3,
        5,
        7,
        11,
        13,
        17,
        19,
        23,
        29,
        31,
        37,
        41,
        43,
        47,
        53,
        59,
        61,
        67,
        71,
        73,
        79,
        83,
        89,
        97,
        101,
        103,
        107,
        109,
        113,
        127,
        131,
        137,
        139,
        149,
        151,
        157,
        163,
        167,
    ];

    public static bool IsOn(BigInteger modulus) =>
        Array.TrueForAll(SmallPrimes, prime => IsPowerOfGenerator((int)(modulus % prime), prime));

    private static bool IsPowerOfGenerator(int remainder, int prime)
    {
        var power = 1;
        do
        {
            if (power == remainder)
                return true;
            power = (int)((long)power * Generator % prime);
        } while (power != 1);
        return false;
    }
}
