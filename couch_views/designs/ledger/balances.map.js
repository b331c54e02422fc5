function (doc) {
  // [account, stream, sequence]: what each entry moves, as [high, middle, low] with six digits to the lower
  // two. JavaScript's numbers are exact below 2^53 only, and money in units of 1/10^8 is not below that.
  // A fourth number is 1 for a transaction's first entry, so that the sum of all also counts transactions.
  if (doc.kind !== "transaction" || typeof doc.sequence !== "number" || !isArray(doc.entries)) {
    return;
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  function match(pattern, text) {
    return typeof text === "string" ? pattern.exec(text) : null;
  }
  var stream = match(/^[a-z]+-([0-9]+)$/, doc.stream);
  var rows = [];
  for (var i = 0; i < doc.entries.length; i += 1) {
    var entry = doc.entries[i] || {};
    var account = match(/^([a-z]+)(\/([0-9]{1,20}))?$/, entry.account);
    var amount = match(/^(-?)([0-9]{1,12})\.([0-9]{2,8})$/, entry.amount);
    if (!stream || !account || !amount) {
      // All of a transaction or nothing: and one value that is no number would break every sum of the view.
      return;
    }
    var sign = amount[1] ? -1 : 1;
    var units = digits(amount[2] + (amount[3] + "000000").slice(0, 8));
    rows.push({
      key: [account[1] + digits(account[3] || ""), digits(stream[1]), digits(doc.sequence)],
      value: [
        sign * Number(units.slice(0, 8)),
        sign * Number(units.slice(8, 14)),
        sign * Number(units.slice(14)),
        i === 0 ? 1 : 0
      ]
    });
  }
  rows.forEach(function (row) {
    emit(row.key, row.value);
  });
}
