using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Hits;

/// <summary>What went wrong with the database file, in words that say what to do.</summary>
internal static class SqliteTrouble
{
    /// <summary>The line that a start ends with.</summary>
    public static BadSettingException AtStart(string path, Exception exception) =>
        new($"HITS_DB: '{Printable.Line(path)}' {Printable.Line(AtStart(path, Path.GetDirectoryName(path) ?? path, exception))}");

    /// <summary>The reason why hits are not counted in a process that runs.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED } => "another process keeps it locked",
        SqliteException { SqliteErrorCode: SQLITE_FULL } => "the disk is full",
        SqliteException { SqliteErrorCode: SQLITE_READONLY } => "it is read-only",
        SqliteException { SqliteErrorCode: SQLITE_NOTADB or SQLITE_CORRUPT } => "it is damaged; restore it from a backup or remove it",
        SqliteException sqlite => $"SQLite error {sqlite.SqliteExtendedErrorCode}, {Message(sqlite)}",
        _ => exception.Message,
    };

    static string AtStart(string path, string folder, Exception exception) => exception switch
    {
        _ when Directory.Exists(path) => "is a folder; name a file in it",
        _ when !Directory.Exists(folder) => $"cannot be created: there is no folder {folder}; create it or name another file",
        SqliteException { SqliteErrorCode: SQLITE_NOTADB or SQLITE_CORRUPT } sqlite =>
            $"is not a SQLite database or is damaged ({Message(sqlite)}); restore it from a backup, remove it or name another file",
        SqliteException { SqliteErrorCode: SQLITE_ERROR } sqlite =>
            $"is a database of something else ({Message(sqlite)}); name another file",
        SqliteException { SqliteErrorCode: SQLITE_FULL } => "cannot be written: the disk is full",
        SqliteException { SqliteErrorCode: SQLITE_IOERR } sqlite => $"cannot be written ({Message(sqlite)})",
        _ when File.Exists(path) => "is read-only for this process; make the file and its folder writable or name another file",
        _ => $"cannot be created: folder {folder} is not writable for this process; make it writable or name another file",
    };

    // "SQLite Error 26: 'file is not a database'." without what stands around it.
    static string Message(SqliteException exception)
    {
        var quote = exception.Message.IndexOf('\'');
        return quote < 0 ? exception.Message : exception.Message[(quote + 1)..].TrimEnd('.', '\'');
    }
}
