using Microsoft.Data.Sqlite;

namespace Pawl.Stores.Tests;

/// <summary>
/// A database with an open mode, such as one restored by hand, loses the rights of others when the store opens it.
/// </summary>
public sealed class SqliteFileModeTests : SessionStoreContract<SqlitePlace>
{
    [Theory]
    [InlineData(644, 600)]
    [InlineData(666, 600)]
    [InlineData(664, 660)]
    [InlineData(640, 640)]
    [InlineData(660, 660)]
    [InlineData(600, 600)]
    public async Task An_existing_file_loses_the_rights_of_others_and_keeps_those_that_a_group_was_given(int before, int after)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        // Another program has the database open, so that all three files exist.
        using var other = new SqliteConnection($"Data Source={Place.File};Pooling=False");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE others (id INTEGER);";
        command.ExecuteNonQuery();
        var files = new[] { Place.File, Place.File + "-wal", Place.File + "-shm" };
        foreach (var file in files)
            SetMode(file, before);

        await Open().Sessions.InitializeAsync(Cancel);

        Assert.All(files, file => Assert.Equal(after, GetMode(file)));
    }

    // Modes in octal digits.
    private static void SetMode(string file, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32($"{mode}", 8));
    }

    private static int GetMode(string file) =>
        OperatingSystem.IsWindows()
            ? 0
            : int.Parse(Convert.ToString((int)File.GetUnixFileMode(file), 8), System.Globalization.CultureInfo.InvariantCulture);
}
