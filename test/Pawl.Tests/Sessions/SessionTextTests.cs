namespace Pawl.Tests.Sessions;

/// <summary>The texts that a session may hold are the same for every store.</summary>
public sealed class SessionTextTests
{
    [Theory]
    [InlineData("ada", true)]
    [InlineData("😀", true)]
    [InlineData("ada lovelace\u200d", true)]
    [InlineData("\ufffe", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    public void A_subject_is_text_without_control_characters(string? text, bool isSubject) =>
        Assert.Equal(isSubject, SessionText.IsSubject(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_subject()
    {
        foreach (var text in new[] { "\ud83d", "ada\ud83d", "\ude00ada", "\ude00\ud83d", "ada\ud83dlovelace" })
            Assert.False(SessionText.IsSubject(text));
    }

    [Fact]
    public void A_subject_has_at_most_256_code_units()
    {
        Assert.True(SessionText.IsSubject(new string('x', 256)));
        Assert.False(SessionText.IsSubject(new string('x', 257)));
        Assert.False(SessionText.IsSubject(new string('x', 255) + "😀"));
    }

    [Fact]
    public void A_device_is_cut_between_two_characters()
    {
        Assert.Equal(new string('x', 255), SessionText.ToDevice(new string('x', 255) + "😀 and more"));
        Assert.Equal(new string('x', 254) + "😀", SessionText.ToDevice(new string('x', 254) + "😀 and more"));
        // Characters that are left out do not count.
        Assert.Equal(new string('x', 256), SessionText.ToDevice(new string('\u202e', 300) + new string('x', 300)));
    }

    [Fact]
    public void A_device_has_no_characters_that_move_or_hide_others()
    {
        string[] hidden =
        [
            "\0",
            "\u001b",
            "\u0085",
            "\u00ad",
            "\u061c",
            "\u180e",
            "\u200b",
            "\u200f",
            "\u2028",
            "\u2029",
            "\u202e",
            "\u2066",
            "\u2069",
            "\ufeff",
            "\ufff9",
            "\ue000",
            "\U000e0041",
        ];
        foreach (var text in hidden)
            Assert.Equal("Ada's phone", SessionText.ToDevice($"Ada's{text} phone"));
        Assert.Null(SessionText.ToDevice("\r\n\u202e"));
        Assert.Null(SessionText.ToDevice(null));
        Assert.Equal("a\ufffdb", SessionText.ToDevice("a" + "\ud83d" + "b"));
    }
}
