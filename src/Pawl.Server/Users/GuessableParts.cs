namespace Pawl.Server;

/// <summary>
/// The parts that guessing programs try first: common words, repetitions, sequences of the keyboard or the alphabet, and the names of the
/// site and the account.
/// </summary>
internal static class GuessableParts
{
    private const int MinRunLength = 4;
    private const int MinWordLength = 4;

    // The rows and columns of common keyboards, the alphabet, and the digits, each also backwards.
    private static readonly string[] Runs = BothWays(
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qwertzuiop",
        "yxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
        "wxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "!@#$%^&*()_+",
        "!\"§$%&/()=?",
        "qweasdzxc",
        "147258369"
    );

    // Words in the most common passwords of several languages. The longest come first, so that a word is not taken for a part of it.
    private static readonly string[] Words =
    [
        .. (
            "password passwort passw0rd motdepasse contrasena wachtwoord senha parola haslo losenord mypass pass login signin "
            + "welcome willkommen bienvenue bienvenido "
            + "letmein openup access secret geheim master admin administrator root user guest test tester testing default changeme "
            + "change temp demo sample example hello hallo bonjour hola "
            + "iloveyou iloveu love liebe schatz amour teamo princess prinzessin princesa sunshine sonnenschein summer sommer winter "
            + "spring autumn january february march april june july "
            + "august september october november december monday tuesday wednesday thursday friday saturday sunday monkey dragon tiger "
            + "eagle falcon phoenix shadow ninja samurai superman batman "
            + "spiderman pokemon pikachu naruto starwars matrix computer internet google facebook twitter instagram linkedin microsoft "
            + "windows apple samsung android iphone football fussball "
            + "soccer baseball basketball hockey chelsea liverpool arsenal barcelona realmadrid juventus bayern yankees cowboys lakers "
            + "michael michelle daniel jessica jennifer ashley thomas "
            + "george charlie jordan andrew matthew robert william joshua maggie buster ginger pepper cookie chocolate banana orange "
            + "cheese coffee butterfly flower rainbow angel jesus christ "
            + "heaven blessed freedom lucky forever nothing whatever trustno1 trustnoone freddy hunter ranger soldier killer mustang "
            + "ferrari porsche mercedes corvette harley diamond silver "
            + "golden purple yellow london berlin paris america canada australia deutschland france espana money dollar bitcoin pawl "
            + "session signedin staysignedin"
        )
            .Split(' ')
            .Select(Plain)
            .Distinct()
            .OrderByDescending(static word => word.Length),
    ];

    /// <summary>The number of characters if every guessable part counts as one.</summary>
    public static int CountOthers(string password, string email)
    {
        var text = password.ToLowerInvariant();
        var plain = Plain(password);
        var words = email
            .ToLowerInvariant()
            .Split('@', '.', '-', '_', '+')
            .Select(Plain)
            .Where(static part => part.Length >= MinWordLength)
            .Append(Plain(email.Split('@')[0]))
            .OrderByDescending(static part => part.Length)
            .Concat(Words)
            .ToList();
        var count = 0;
        for (var at = 0; at < text.Length; count++)
            at += new[] { 1, FindWord(plain, at, words), FindYear(text, at), FindRun(text, at), FindRepetition(text, at) }.Max();
        return count;
    }

    private static int FindWord(string text, int at, List<string> words) =>
        words.Find(word => word.Length > 0 && string.CompareOrdinal(text, at, word, 0, word.Length) == 0)?.Length ?? 0;

    private static int FindYear(string text, int at) =>
        text.Length - at >= 4 && text[at..(at + 2)] is "19" or "20" && char.IsAsciiDigit(text[at + 2]) && char.IsAsciiDigit(text[at + 3])
            ? 4
            : 0;

    private static int FindRun(string text, int at)
    {
        var longest = 0;
        foreach (var run in Runs)
        {
            var start = run.IndexOf(text[at], StringComparison.Ordinal);
            if (start < 0)
                continue;
            var length = 1;
            while (at + length < text.Length && start + length < run.Length && text[at + length] == run[start + length])
                length++;
            longest = Math.Max(longest, length);
        }
        return longest < MinRunLength ? 0 : longest;
    }

    // Repetitions of the text just before: "aaaa", "abcabc", "correcthorsecorrecthorse".
    private static int FindRepetition(string text, int at)
    {
        for (var unit = Math.Min(at, text.Length - at); unit > 0; unit--)
        {
            var length = 0;
            while (at + length < text.Length && text[at + length] == text[at + length - unit])
                length++;
            if (length >= unit && (length >= MinRunLength - 1 || unit > 1))
                return length;
        }
        return 0;
    }

    // Lower case, with letters in place of digits and signs that stand for them beside letters. The length stays the same.
    private static string Plain(string text) => string.Create(text.Length, text, static (plain, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                var isAmongLetters = (i > 0 && char.IsLetter(text[i - 1])) || (i + 1 < text.Length && char.IsLetter(text[i + 1]));
                plain[i] = (text[i], isAmongLetters) switch
                {
                    ('0', true) => 'o',
                    ('1', true) => 'i',
                    ('3', true) => 'e',
                    ('4', true) or ('@', true) => 'a',
                    ('5', true) or ('$', true) => 's',
                    ('7', true) => 't',
                    var (character, _) => char.ToLowerInvariant(character),
                };
            }
        });

    private static string[] BothWays(params string[] runs) => [.. runs, .. runs.Select(static run => new string([.. run.Reverse()]))];
}
