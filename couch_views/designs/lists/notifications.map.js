function (doc) {
  // [account, which, time, notification]: a member's notifications by when they changed; "all", or "unread" alone.
  if (doc.kind !== "notification") {
    return;
  }
  var texts = [doc.account_id, doc.id, doc.updated_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  var account = digits(doc.account_id);
  var time = doc.updated_datetime.replace(/[^0-9]/g, "");
  emit([account, "all", time, digits(doc.id)], null);
  if (doc.read === false) {
    emit([account, "unread", time, digits(doc.id)], null);
  }
}
